using TorchSharp;
using Vae.Primitives;
using static TorchSharp.torch;

namespace Vae.Torch;

/// <summary>Random tensors as pure functions of key and counter: see <see cref="Philox"/>.</summary>
/// <remarks>
/// examples: [B] int64, each example's own number → [K, B, E] float32 on the device of <c>examples</c>. A number depends on
/// (seed, stream, step, example, sample, element) alone: not on how a batch or its samples are cut into pieces, nor on threads.
/// </remarks>
public static class PhiloxTensor
{
    private static readonly Operator uniform = new("vae::philox_uniform");
    private static readonly Operator normal = new("vae::philox_normal");
    private static readonly Operator binarise = new("vae::philox_binarise");

    /// <summary>Uniform numbers in [0, 1).</summary>
    public static Tensor Uniform(
        PhiloxKey key,
        long step,
        Tensor examples,
        long firstSample,
        long samples,
        long elements
    ) => Op.Call(uniform, examples, (long)key.Seed, (long)key.Stream, step, firstSample, samples, elements);

    /// <summary>Standard normal numbers.</summary>
    public static Tensor Normal(
        PhiloxKey key,
        long step,
        Tensor examples,
        long firstSample,
        long samples,
        long elements
    ) => Op.Call(normal, examples, (long)key.Seed, (long)key.Stream, step, firstSample, samples, elements);

    /// <summary>x = [pixel / 255 &gt; u] of some examples, with u as <see cref="Uniform"/> draws it. pixels: [N, D] bytes, examples: [B] → [B, D] float32.</summary>
    public static Tensor Binarise(PhiloxKey key, long step, Tensor pixels, Tensor examples)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.device_type == DeviceType.CPU)
        {
            return Op.Call(binarise, pixels, examples, (long)key.Seed, (long)key.Stream, step);
        }

        Tensor raw = pixels.index_select(0, examples).@float();
        return raw.gt(Uniform(key, step, examples, 0, 1, raw.shape[1]).view(raw.shape).mul_(255)).@float();
    }
}
