using Vae.Core.Networks;
using Vae.Experiments.Config;

namespace Vae.Experiments.Training;

/// <summary>From the config's records to the networks they declare.</summary>
public static class NetworkFactory
{
    /// <summary>x of a shape, [C, H, W] or [D], flattened → a vector.</summary>
    public static Network Encoder(NetworkConfig config, IReadOnlyList<int> shape, long outputs, Device device) =>
        config switch
        {
            MlpConfig mlp => Build(mlp, Size(shape), outputs, device),
            _ => throw new NotSupportedException($"network {config}"),
        };

    /// <summary>z → so many parameters for each dimension of x, flattened, the first parameter of every dimension first.</summary>
    public static Network Decoder(
        NetworkConfig config,
        long latent,
        int parameters,
        IReadOnlyList<int> shape,
        Device device
    ) =>
        config switch
        {
            MlpConfig mlp => Build(mlp, latent, parameters * Size(shape), device),
            _ => throw new NotSupportedException($"network {config}"),
        };

    private static Mlp Build(MlpConfig config, long inputs, long outputs, Device device) =>
        new(inputs, config.Hidden, outputs, Enum.Parse<Activation>(config.Activation.ToString()), device);

    private static long Size(IReadOnlyList<int> shape) => shape.Aggregate(1L, (product, size) => product * size);
}
