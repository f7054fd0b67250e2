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
    /// <summary>The model of examples of a shape, [C, H, W], [T, D] or [D], with its first parameters, a function of the seed; on device META without values.</summary>
    public static LatentVariableModel Build(ModelConfig config, IReadOnlyList<int> shape, Device device, uint seed)
    {
        ArgumentNullException.ThrowIfNull(config);
        bool empty = device.type == DeviceType.META;
        Device made = empty ? device : CPU;
        LatentVariableModel model = config switch
        {
            VaeConfig c => Autoencoder(c, shape, classes: 0, made, seed),
            CvaeConfig { Classifier: { } classifier } c => Mixture(
                c,
                classifier,
                decoderClasses: c.Classes,
                c.Supervision ?? 1,
                shape,
                made,
                seed
            ),
            CvaeConfig c => Autoencoder(c, shape, c.Classes, made, seed),
            GmvaeConfig c => Mixture(c, c.Classifier, decoderClasses: 0, c.Supervision, shape, made, seed),
            FactorAnalysisModelConfig c => new FactorAnalysis(Size(shape), c.Latent, made),
            VrnnConfig c => Recurrent(c, shape, made),
            _ => throw new NotSupportedException($"model {config}"),
        };
        if (!empty)
        {
            Initialisation.Draw(model, seed);
            model.to(device);
        }

        return model;
    }

    private static VariationalAutoencoder Autoencoder(
        EncodedModelConfig config,
        IReadOnlyList<int> shape,
        int classes,
        Device device,
        uint seed
    )
    {
        var posterior = Normal(config);
        Likelihood likelihood = LikelihoodFactory.Build(config.Likelihood, shape);
        Flow[] flows = FlowFactory.Build(
            posterior.Flows,
            config.Latent,
            posterior.Context ?? config.Latent,
            device,
            seed,
            "flows"
        );
        long context = flows.Select(flow => flow.Context).DefaultIfEmpty().Max();
        Network encoder = NetworkFactory.Encoder(
            config.Encoder,
            shape,
            2 * config.Latent + context,
            device,
            classes,
            config.Latent
        );
        var scale = Named(posterior.Scale);
        var normal = new NormalEncoder(encoder, config.Latent, scale, posterior.ScaleOffset);
        return new VariationalAutoencoder(
            encoder,
            NetworkFactory.Decoder(
                config.Decoder,
                config.Latent + classes,
                likelihood.ParametersPerDimension,
                shape,
                device
            ),
            likelihood,
            scale,
            flows,
            PriorFactory.Build(config.Prior, normal, classes, device, seed),
            posterior.ScaleOffset,
            classes
        );
    }

    private static GaussianMixtureAutoencoder Mixture(
        EncodedModelConfig config,
        NetworkConfig classifier,
        int decoderClasses,
        double? supervision,
        IReadOnlyList<int> shape,
        Device device,
        uint seed
    )
    {
        var posterior = Normal(config);
        Likelihood likelihood = LikelihoodFactory.Build(config.Likelihood, shape);
        int classes = config.ClassCount;
        Network encoder = NetworkFactory.Encoder(
            config.Encoder,
            shape,
            2 * config.Latent,
            device,
            classes,
            config.Latent
        );
        var normal = new NormalEncoder(encoder, config.Latent, Named(posterior.Scale), posterior.ScaleOffset);
        return new GaussianMixtureAutoencoder(
            NetworkFactory.Encoder(classifier, shape, classes, device),
            encoder,
            NetworkFactory.Decoder(
                config.Decoder,
                config.Latent + decoderClasses,
                likelihood.ParametersPerDimension,
                shape,
                device
            ),
            likelihood,
            PriorFactory.Build(config.Prior, normal, classes, device, seed),
            Named(posterior.Scale),
            posterior.ScaleOffset,
            supervision
        );
    }

    // An image is the sequence of its rows.
    private static VariationalRnn Recurrent(VrnnConfig config, IReadOnlyList<int> shape, Device device)
    {
        (int steps, int size) = (shape[^2], shape[^1]);
        int[] step = [size];
        Likelihood likelihood = LikelihoodFactory.Build(config.Likelihood, step);
        LstmCell[] cells =
        [
            .. Enumerable
                .Range(0, config.Layers)
                .Select(i => new LstmCell(i == 0 ? size + config.Latent : config.Hidden, config.Hidden, device)),
        ];
        return new VariationalRnn(
            steps,
            cells,
            NetworkFactory.Encoder(config.Transition, [config.Hidden], 2 * config.Latent, device, head: config.Latent),
            NetworkFactory.Encoder(
                config.Encoder,
                [config.Hidden + size],
                2 * config.Latent,
                device,
                head: config.Latent
            ),
            NetworkFactory.Decoder(
                config.Decoder,
                config.Hidden + config.Latent,
                likelihood.ParametersPerDimension,
                step,
                device
            ),
            likelihood,
            Named(config.Scale)
        );
    }

    private static NormalPosteriorConfig Normal(EncodedModelConfig config) =>
        config.Posterior as NormalPosteriorConfig ?? throw new NotSupportedException($"posterior {config.Posterior}");

    private static ScaleFunction Named(ScaleName name) => Enum.Parse<ScaleFunction>(name.ToString());

    private static int Size(IReadOnlyList<int> shape) => shape.Aggregate(1, (product, size) => product * size);
}
