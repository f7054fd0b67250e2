using TorchSharp.Modules;
using Vae.Experiments.Config;

namespace Vae.Experiments.Training;

/// <summary>From the config's record to the optimizer it declares.</summary>
public static class OptimizerFactory
{
    /// <summary>The optimizer of the named parameters; its state is stored under their names.</summary>
    public static optim.Optimizer Build(
        OptimizerConfig config,
        IEnumerable<(string name, Parameter parameter)> parameters
    )
    {
        ArgumentNullException.ThrowIfNull(config);
        return config switch
        {
            AdamConfig c => optim.Adam(parameters, c.Lr, c.Beta1, c.Beta2, c.Eps, c.WeightDecay),
            AdamwConfig c => optim.AdamW(parameters, c.Lr, c.Beta1, c.Beta2, c.Eps, c.WeightDecay),
            AdamaxConfig c => optim.Adamax(parameters, c.Lr, c.Beta1, c.Beta2, c.Eps, c.WeightDecay),
            RmspropConfig c => optim.RMSProp(parameters, c.Lr, c.Alpha, c.Eps, c.WeightDecay, c.Momentum, c.Centered),
            SgdConfig c => optim.SGD(parameters, c.Lr, c.Momentum, 0, c.WeightDecay, c.Nesterov),
            _ => throw new NotSupportedException($"optimizer {config}"),
        };
    }
}
