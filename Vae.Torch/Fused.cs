using TorchSharp;
using static TorchSharp.torch;

namespace Vae.Torch;

/// <summary>Operators of our own, one pass over memory each. Null where they don't apply (CUDA, float64): then the composition is used.</summary>
public static class Fused
{
    private static readonly Operator bernoulliLogProb = new("vae::bernoulli_log_prob");

    /// <summary>Σ x ℓ − log(1 + e^ℓ) over the last axis, in nats. x: [B, D], logits ℓ: [..., B, D] → [..., B]; or x: [B, 1, D], ℓ: [..., B, Y, D] → [..., B, Y].</summary>
    public static Tensor? BernoulliLogProb(Tensor x, Tensor logits)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(logits);
        return Applies(x) && Applies(logits) && !x.requires_grad && Fits(x.shape, logits.shape)
            ? Op.Call(bernoulliLogProb, x, logits)
            : null;
    }

    // The last axes of the logits, or 1 in those just before the very last.
    private static bool Fits(ReadOnlySpan<long> x, ReadOnlySpan<long> logits)
    {
        if (x.Length > logits.Length || x[^1] != logits[^1])
        {
            return false;
        }

        ReadOnlySpan<long> some = x[..^1].TrimEnd(1L);
        return some.SequenceEqual(logits[^x.Length..][..some.Length]);
    }

    private static bool Applies(Tensor tensor) =>
        tensor.device_type == DeviceType.CPU && tensor.dtype == ScalarType.Float32;
}
