using Vae.Core.Flows;
using Vae.Experiments.Config;
using Vae.Primitives;

namespace Vae.Experiments.Training;

/// <summary>From the config's records to the flows they declare.</summary>
public static class FlowFactory
{
    /// <summary>The flows in the order in which they act; what is random in their making (masks, orders) is a function of the seed and of the path, such as "flows".</summary>
    /// <param name="configs">The tables.</param>
    /// <param name="latent">Dimensions, Z.</param>
    /// <param name="context">Width of the context that the encoder can give; 0 where there is no encoder, as in a prior.</param>
    /// <param name="device">Where the parameters lie.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="path">The flows' name within the model.</param>
    public static Flow[] Build(
        ConfigList<FlowConfig> configs,
        long latent,
        long context,
        Device device,
        uint seed,
        string path
    )
    {
        ArgumentNullException.ThrowIfNull(configs);
        var flows = new List<Flow>();
        foreach (FlowConfig config in configs)
        {
            IafConfig iaf = config as IafConfig ?? throw new NotSupportedException($"flow {config}");
            for (int layer = 0; layer < iaf.Layers; layer++)
            {
                var degrees = new PhiloxKey(seed, Philox.StreamOf($"{path}.{flows.Count}.made.degrees"));
                var made = new Made(latent, iaf.Hidden, context, degrees, device);
                flows.Add(new InverseAutoregressiveFlow(made, iaf.GateBias, device));
                flows.Add(new Reversal(latent, device));
            }
        }

        return [.. flows];
    }
}
