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
            ElboObjectiveConfig elbo => new Elbo(elbo.Samples, elbo.Kl == KlName.ClosedForm, reduction),
            IwaeObjectiveConfig iwae => new Iwae(iwae.Samples, reduction),
            _ => throw new NotSupportedException($"objective {config}"),
        };
    }
}
