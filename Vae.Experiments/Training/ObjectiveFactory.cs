using Vae.Core.Objectives;
using Vae.Experiments.Config;

namespace Vae.Experiments.Training;

/// <summary>From the config's record to the objective it declares.</summary>
public static class ObjectiveFactory
{
    /// <summary>The objective.</summary>
    public static Objective Build(ObjectiveConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Reduction reduction = config.Reduction == ReductionName.Sum ? Reduction.Sum : Reduction.Mean;
        return config switch
        {
            ElboObjectiveConfig c => new Elbo(c.Samples, c.Kl == KlName.ClosedForm, reduction, c.FreeBits),
            IwaeObjectiveConfig c => new Iwae(c.Samples, reduction),
            DregObjectiveConfig c => new Dreg(c.Samples, reduction),
            _ => throw new NotSupportedException($"objective {config}"),
        };
    }
}
