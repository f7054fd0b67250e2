using Vae.Core;
using Vae.Core.Distributions;
using Vae.Core.Flows;
using Vae.Core.Models;
using Vae.Core.Networks;
using Vae.Experiments.Config;
using Vae.Primitives;

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
        if (config.Prior is not NormalPriorConfig)
        {
            throw new NotSupportedException($"prior {config.Prior}");
        }

        bool empty = device.type == DeviceType.META;
        Device made = empty ? device : CPU;
        Flow[] flows = config.Posterior is NormalPosteriorConfig normal
            ? Build(normal.Flows, config.Latent, made, seed)
            : [];
        long context = flows.Select(flow => flow.Context).DefaultIfEmpty().Max();
        var model = new VariationalAutoencoder(
            Build(config.Encoder, dimensions, 2 * config.Latent + context, made),
            Build(config.Decoder, config.Latent, likelihood.ParametersPerDimension * dimensions, made),
            likelihood,
            config.Posterior is NormalPosteriorConfig { Scale: ScaleName.Exp }
                ? ScaleFunction.Exp
                : ScaleFunction.Softplus,
            flows
        );
        if (!empty)
        {
            Initialisation.Draw(model, seed);
            model.to(device);
        }

        return model;
    }

    private static Flow[] Build(ConfigList<FlowConfig> configs, long latent, Device device, uint seed)
    {
        var flows = new List<Flow>();
        foreach (FlowConfig config in configs)
        {
            IafConfig iaf = config as IafConfig ?? throw new NotSupportedException($"flow {config}");
            for (int block = 0; block < iaf.Blocks; block++)
            {
                var degrees = new PhiloxKey(seed, Philox.StreamOf($"flows.{flows.Count}.made.degrees"));
                var made = new Made(latent, iaf.Hidden, context: latent, degrees, device);
                flows.Add(new InverseAutoregressiveFlow(made, iaf.GateBias, device));
                flows.Add(new Reversal(latent, device));
            }
        }

        return [.. flows];
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
