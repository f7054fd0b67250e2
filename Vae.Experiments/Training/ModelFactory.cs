using Vae.Core;
using Vae.Core.Distributions;
using Vae.Core.Flows;
using Vae.Core.Models;
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
        Likelihood likelihood = LikelihoodFactory.Build(config.Likelihood);
        Flow[] flows = FlowFactory.Build(
            posterior.Flows,
            config.Latent,
            posterior.Context ?? config.Latent,
            made,
            seed,
            "flows"
        );
        long context = flows.Select(flow => flow.Context).DefaultIfEmpty().Max();
        var model = new VariationalAutoencoder(
            NetworkFactory.Encoder(config.Encoder, shape, 2 * config.Latent + context, made),
            NetworkFactory.Decoder(config.Decoder, config.Latent, likelihood.ParametersPerDimension, shape, made),
            likelihood,
            posterior.Scale == ScaleName.Exp ? ScaleFunction.Exp : ScaleFunction.Softplus,
            flows,
            PriorFactory.Build(config.Prior, config.Latent),
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
