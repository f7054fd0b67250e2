using Vae.Core;
using Vae.Core.Distributions;
using Vae.Core.Models;
using Vae.Core.Networks;
using Vae.Experiments.Config;

namespace Vae.Experiments.Training;

/// <summary>From the config's records to the model they declare.</summary>
public static class ModelFactory
{
    /// <summary>The model with its first parameters, a function of the seed; on device META without values.</summary>
    public static LatentVariableModel Build(ModelConfig config, int dimensions, Device device, uint seed)
    {
        ArgumentNullException.ThrowIfNull(config);
        Likelihood likelihood = config.Likelihood switch
        {
            BernoulliConfig => new BernoulliLikelihood(),
            UnitGaussianConfig => new UnitGaussianLikelihood(),
            _ => throw new NotSupportedException($"likelihood {config.Likelihood}"),
        };
        bool empty = device.type == DeviceType.META;
        Device made = empty ? device : CPU;
        var model = new VariationalAutoencoder(
            Build(config.Encoder, dimensions, 2 * config.Latent, made),
            Build(config.Decoder, config.Latent, likelihood.ParametersPerDimension * dimensions, made),
            likelihood,
            config.Posterior is NormalPosteriorConfig { Scale: ScaleName.Exp }
                ? ScaleFunction.Exp
                : ScaleFunction.Softplus
        );
        if (!empty)
        {
            Initialisation.Draw(model, seed);
            model.to(device);
        }

        return model;
    }

    private static Network Build(NetworkConfig config, long inputs, long outputs, Device device) =>
        config switch
        {
            MlpConfig mlp => new Mlp(
                inputs,
                mlp.Hidden,
                outputs,
                Enum.Parse<Activation>(mlp.Activation.ToString()),
                device
            ),
            _ => throw new NotSupportedException($"network {config}"),
        };
}
