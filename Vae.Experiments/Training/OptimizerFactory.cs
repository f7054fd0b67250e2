using TorchSharp.Modules;
using Vae.Experiments.Config;

namespace Vae.Experiments.Training;

/// <summary>From the config's record to the optimizer it declares.</summary>
public static class OptimizerFactory
{
    /// <summary>The optimizer of the named parameters; its state is stored under their names. The learning rate is set before each step.</summary>
    public static OptimizerHelper Build(
        OptimizerConfig config,
        double lr,
        IEnumerable<(string name, Parameter parameter)> parameters
    )
    {
        ArgumentNullException.ThrowIfNull(config);
        return config switch
        {
            AdamConfig c => optim.Adam(parameters, lr, c.Beta1, c.Beta2, c.Eps, c.WeightDecay),
            AdamwConfig c => optim.AdamW(parameters, lr, c.Beta1, c.Beta2, c.Eps, c.WeightDecay),
            AdamaxConfig c => optim.Adamax(parameters, lr, c.Beta1, c.Beta2, c.Eps, c.WeightDecay),
            RmspropConfig c => optim.RMSProp(parameters, lr, c.Alpha, c.Eps, c.WeightDecay, c.Momentum, c.Centered),
            SgdConfig c => optim.SGD(parameters, lr, c.Momentum, 0, c.WeightDecay, c.Nesterov),
            _ => throw new NotSupportedException($"optimizer {config}"),
        };
    }
}
