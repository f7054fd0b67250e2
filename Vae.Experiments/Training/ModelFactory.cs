using Vae.Core;
using Vae.Core.Distributions;
using Vae.Core.Flows;
using Vae.Core.Models;
using Vae.Core.Networks;
using Vae.Experiments.Config;

namespace Vae.Experiments.Training;

/// <summary>From the config's records to the model they declare.</summary>
public static class ModelFactory
{
    /// <summary>The model of examples of a shape, [C, H, W] or [D], with its first parameters, a function of the seed; on device META without values.</summary>
    public static LatentVariableModel Build(ModelConfig config, IReadOnlyList<int> shape, Device device, uint seed)
    {
        ArgumentNullException.ThrowIfNull(config);
        var posterior =
            config.Posterior as NormalPosteriorConfig
            ?? throw new NotSupportedException($"posterior {config.Posterior}");
        bool empty = device.type == DeviceType.META;
        Device made = empty ? device : CPU;
        Likelihood likelihood = LikelihoodFactory.Build(config.Likelihood, shape);
        Flow[] flows = FlowFactory.Build(
            posterior.Flows,
            config.Latent,
            posterior.Context ?? config.Latent,
            made,
            seed,
            "flows"
        );
        long context = flows.Select(flow => flow.Context).DefaultIfEmpty().Max();
        Network encoder = NetworkFactory.Encoder(config.Encoder, shape, 2 * config.Latent + context, made);
        var scale = Enum.Parse<ScaleFunction>(posterior.Scale.ToString());
        var normal = new NormalEncoder(encoder, config.Latent, scale, posterior.ScaleOffset);
        var model = new VariationalAutoencoder(
            encoder,
            NetworkFactory.Decoder(config.Decoder, config.Latent, likelihood.ParametersPerDimension, shape, made),
            likelihood,
            scale,
            flows,
            PriorFactory.Build(config.Prior, normal, made, seed),
            posterior.ScaleOffset
        );
        if (!empty)
        {
            Initialisation.Draw(model, seed);
            model.to(device);
        }

        return model;
    }
}
