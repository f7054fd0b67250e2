using Vae.Core.Distributions;
using Vae.Core.Models;
using Vae.Experiments.Config;

namespace Vae.Experiments.Training;

/// <summary>From the config's record to the prior p(z) it declares.</summary>
public static class PriorFactory
{
    /// <summary>The prior over the latent dimensions of the encoder, which a VampPrior asks.</summary>
    /// <param name="config">The table.</param>
    /// <param name="encoder">The encoder's normal.</param>
    /// <param name="device">Where the parameters lie.</param>
    /// <param name="seed">The run's seed.</param>
    public static Prior Build(PriorConfig config, NormalEncoder encoder, Device device, uint seed)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        return config switch
        {
            NormalPriorConfig => new StandardNormalPrior(encoder.Latent),
            MixturePriorConfig c => new MixturePrior(encoder.Latent, c.Components, device),
            VampPriorConfig c => new VampPrior(encoder, c.Components, c.Mean, c.Deviation, c.Unit, device),
            FlowPriorConfig c => new FlowPrior(
                encoder.Latent,
                FlowFactory.Build(c.Flows, encoder.Latent, context: 0, device, seed, "prior.flows")
            ),
            _ => throw new NotSupportedException($"prior {config}"),
        };
    }
}
