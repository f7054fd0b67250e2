using Vae.Core.Networks;
using Vae.Experiments.Config;

namespace Vae.Experiments.Training;

/// <summary>From the config's records to the networks they declare.</summary>
public static class NetworkFactory
{
    /// <summary>x of a shape, [C, H, W] or [D], flattened, and behind it a label of so many classes → a vector of heads, each of one width.</summary>
    public static Network Encoder(
        NetworkConfig config,
        IReadOnlyList<int> shape,
        long outputs,
        Device device,
        int classes = 0,
        long? head = null
    )
    {
        ArgumentNullException.ThrowIfNull(config);
        if (classes > 0 && config is not (MlpConfig or NonconvConfig))
        {
            Network network = Encoder(config, [shape[0] + classes, shape[1], shape[2]], outputs, device);
            return new LabelPlanes(network, classes, shape[1] * shape[2], device);
        }

        LayerOptions layers = config.Layers;
        return config switch
        {
            MlpConfig c => new Mlp(Size(shape) + classes, c.Hidden, outputs, Named(c.Activation), device, layers, head),
            NonconvConfig c => new Nonconv(
                Size(shape) + classes,
                c.Hidden,
                outputs,
                Named(c.Activation),
                layers,
                normalisedOutput: true,
                device
            ),
            ResnetConfig c => new ResnetEncoder(Image(shape), outputs, Resnet(c), layers, device),
            SnfConfig c => new SnfEncoder(Image(shape), outputs, c.Channels, HasElu(c), layers, device),
            ConvConfig c => new ConvEncoder(Image(shape), outputs, Conv(c), layers, device),
            _ => throw new NotSupportedException($"network {config}"),
        };
    }

    /// <summary>z → so many parameters for each dimension of x, flattened, the first parameter of every dimension first.</summary>
    public static Network Decoder(
        NetworkConfig config,
        long latent,
        int parameters,
        IReadOnlyList<int> shape,
        Device device
    )
    {
        ArgumentNullException.ThrowIfNull(config);
        LayerOptions layers = config.Layers;
        long outputs = parameters * Size(shape);
        return config switch
        {
            MlpConfig c => new Mlp(latent, c.Hidden, outputs, Named(c.Activation), device, layers, Size(shape)),
            NonconvConfig c => new Nonconv(
                latent,
                c.Hidden,
                outputs,
                Named(c.Activation),
                layers,
                normalisedOutput: false,
                device
            ),
            ResnetConfig c => new ResnetDecoder(latent, Image(shape, parameters), Resnet(c), layers, device),
            SnfConfig c => new SnfDecoder(latent, Image(shape, parameters), c.Channels, HasElu(c), layers, device),
            ConvConfig c => new ConvDecoder(latent, Image(shape, parameters), Conv(c), layers, device),
            _ => throw new NotSupportedException($"network {config}"),
        };
    }

    private static ResnetOptions Resnet(ResnetConfig c) =>
        new(c.Channels, c.Stages, c.Blocks, c.Hidden, c.BranchScale, Named(c.Activation));

    private static ConvOptions Conv(ConvConfig c) => new(c.Channels, c.Kernel, c.Strides, Named(c.Activation));

    private static bool HasElu(SnfConfig c) => c.ValueActivation == ValueActivationName.Elu;

    private static Activation Named(ActivationName name) => Enum.Parse<Activation>(name.ToString());

    private static ImageShape Image(IReadOnlyList<int> shape, int parameters = 1) =>
        new(parameters * shape[0], shape[1], shape[2]);

    private static long Size(IReadOnlyList<int> shape) => shape.Aggregate(1L, (product, size) => product * size);
}
