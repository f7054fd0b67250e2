using TorchSharp;
using static TorchSharp.torch;

namespace Vae.Torch;

/// <summary>Operators of our own. Those that are one pass over memory give null where they don't apply (CUDA, float64): then the composition is used.</summary>
public static class Fused
{
    private static readonly Operator standardNormalLogProb = new("vae::standard_normal_log_prob");
    private static readonly Operator sampleNormal = new("vae::sample_normal");
    private static readonly Operator gatedAffine = new("vae::gated_affine");
    private static readonly Operator linear = new("vae::linear");
    private static readonly Operator maskedLinear = new("vae::masked_linear");
    private static readonly Operator convolution3x3 = new("vae::convolution_3x3");
    private static readonly Operator batchNormElu = new("vae::batch_norm_elu");
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

    /// <summary>log N(x; 0, I) = −½ Σ (x² + log 2π) over the last axis, in nats: [..., D] → [...].</summary>
    public static Tensor? StandardNormalLogProb(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Applies(x) ? Op.Call(standardNormalLogProb, x) : null;
    }

    /// <summary>z = mean + scale · noise, and log N(z; mean, scale²) in nats. mean, scale: [..., D], noise: [K, ..., D] → [K, ..., D], [K, ...].</summary>
    public static (Tensor Z, Tensor LogDensity)? SampleNormal(Tensor mean, Tensor scale, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(scale);
        ArgumentNullException.ThrowIfNull(noise);
        long[] shape = mean.shape;
        return
            Applies(mean)
            && Applies(scale)
            && Applies(noise)
            && !noise.requires_grad
            && scale.shape.AsSpan().SequenceEqual(shape)
            && noise.shape.AsSpan().EndsWith(shape)
            ? Op.Call2(sampleNormal, mean, scale, noise)
            : null;
    }

    /// <summary>y = σ z + (1 − σ) m with σ = sigmoid(s), and Σ log σ in nats: [..., D] each → [..., D], [...].</summary>
    public static (Tensor Y, Tensor LogDet)? GatedAffine(Tensor z, Tensor m, Tensor s)
    {
        ArgumentNullException.ThrowIfNull(z);
        ArgumentNullException.ThrowIfNull(m);
        ArgumentNullException.ThrowIfNull(s);
        long[] shape = z.shape;
        return
            Applies(z)
            && Applies(m)
            && Applies(s)
            && m.shape.AsSpan().SequenceEqual(shape)
            && s.shape.AsSpan().SequenceEqual(shape)
            ? Op.Call2(gatedAffine, z, m, s)
            : null;
    }

    /// <summary>x Wᵀ + b, or max(x Wᵀ + b, 0) where <paramref name="relu"/>: [..., I] → [..., O]. W: [O, I]; b: [O], or none.</summary>
    public static Tensor? Linear(Tensor x, Tensor weight, Tensor? bias, bool relu = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(weight);
        return Applies(x) && Applies(weight) ? Op.Call(linear, x, weight, bias, relu) : null;
    }

    /// <summary>x (W ⊙ M)ᵀ + b, [..., I] → [..., O], of which only the panels are multiplied: outside of them M must be zero. On every device and in every precision.</summary>
    /// <remarks>Within the panels W itself is made zero where M is; its gradient is zero there, so that it is done once.</remarks>
    /// <param name="x">[..., I].</param>
    /// <param name="weight">W: [O, I].</param>
    /// <param name="mask">M: [O, I] of zeros and ones.</param>
    /// <param name="bias">b: [O], or none.</param>
    /// <param name="panels">Rows, first column and columns of each, and first column and columns of the part of it where M has zeros; their rows follow each other and are all of them.</param>
    public static Tensor MaskedLinear(Tensor x, Tensor weight, Tensor mask, Tensor? bias, IEnumerable<long> panels) =>
        Op.Call(maskedLinear, x, weight, mask, bias, panels.ToArray());

    /// <summary>A convolution with kernels of 3 x 3, stride 1 and padding 1: x [N, C, H, W], weight [K, C, 3, 3] → [N, K, H, W]; C and K multiples of 16.</summary>
    /// <remarks>By Winograd's F(2×2, 3×3), 16 products instead of 36, in float32's accuracy. Lavin and Gray 2016, arXiv:1509.09308.</remarks>
    public static Tensor? Convolution3x3(Tensor x, Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(weight);
        const long unit = 16;
        return
            Applies(x)
            && Applies(weight)
            && weight.shape is [var outputs, var inputs, 3, 3]
            && outputs % unit == 0
            && inputs % unit == 0
            && x.dim() == 4
            && x.numel() > 0
            && weight.numel() > 0
            ? Op.Call(convolution3x3, x, weight)
            : null;
    }

    /// <summary>The ELU of batch-normalised images: elu((x − μ) / √(σ² + ε) · w + b) for each channel, [N, C, H, W] → [N, C, H, W].</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="weight">w: [C].</param>
    /// <param name="bias">b: [C].</param>
    /// <param name="runningMean">The running mean: [C]. In training it becomes (1 − momentum) itself + momentum μ.</param>
    /// <param name="runningVariance">The running (unbiased) variance: [C], likewise.</param>
    /// <param name="training">Whether μ and σ² are the batch's, or the running ones.</param>
    /// <param name="momentum">The batch's weight in the running averages.</param>
    /// <param name="eps">ε.</param>
    /// <remarks>Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1; Clevert et al. 2016, arXiv:1511.07289, eq. 1.</remarks>
    public static Tensor? BatchNormElu(
        Tensor x,
        Tensor weight,
        Tensor bias,
        Tensor runningMean,
        Tensor runningVariance,
        bool training,
        double momentum,
        double eps
    )
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(weight);
        return Applies(x) && Applies(weight) && x.dim() == 4
            ? Op.Call(batchNormElu, x, weight, bias, runningMean, runningVariance, training, momentum, eps)
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
