using TorchSharp;
using static TorchSharp.torch;

namespace Vae.Torch;

/// <summary>Operators of our own, one pass over memory each. Null where they don't apply (CUDA, float64): then the composition is used.</summary>
public static class Fused
{
    private static readonly Operator bernoulliLogProb = new("vae::bernoulli_log_prob");

    /// <summary>Σ x ℓ − log(1 + e^ℓ) over the last axis, in nats. x: [B, D], logits ℓ: [..., B, D] → [..., B].</summary>
    public static Tensor? BernoulliLogProb(Tensor x, Tensor logits)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(logits);
        return
            Applies(x)
            && Applies(logits)
            && !x.requires_grad
            && x.shape.AsSpan().SequenceEqual(logits.shape.AsSpan()[^(int)x.ndim..])
            ? Op.Call(bernoulliLogProb, x, logits)
            : null;
    }

    private static bool Applies(Tensor tensor) =>
        tensor.device_type == DeviceType.CPU && tensor.dtype == ScalarType.Float32;
}
