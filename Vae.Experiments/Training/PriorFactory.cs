using Vae.Core.Distributions;
using Vae.Core.Models;
using Vae.Core.Networks;
using Vae.Experiments.Config;

namespace Vae.Experiments.Training;

/// <summary>From the config's record to the prior p(z) it declares.</summary>
public static class PriorFactory
{
    /// <summary>The prior over the latent dimensions of the encoder, which a VampPrior asks.</summary>
    /// <param name="config">The table.</param>
    /// <param name="encoder">The encoder's normal.</param>
    /// <param name="classes">Number of classes; 0 where there are none.</param>
    /// <param name="device">Where the parameters lie.</param>
    /// <param name="seed">The run's seed.</param>
    public static Prior Build(PriorConfig config, NormalEncoder encoder, int classes, Device device, uint seed)
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
            ClassPriorConfig { Form: ClassPriorFormName.Free } => new ClassPrior(encoder.Latent, classes, device),
            ClassPriorConfig c => new ClassPrior(
                new Mlp(
                    classes,
                    c.Hidden,
                    2 * encoder.Latent,
                    Enum.Parse<Activation>(c.Activation.ToString()),
                    device,
                    new LayerOptions(Start: Enum.Parse<WeightStart>(c.Init.ToString())),
                    encoder.Latent
                ),
                Enum.Parse<ScaleFunction>(c.Scale.ToString())
            ),
            _ => throw new NotSupportedException($"prior {config}"),
        };
    }
}
