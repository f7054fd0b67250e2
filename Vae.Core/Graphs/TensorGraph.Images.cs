using Vae.Core.Networks;
using Vae.Torch;

namespace Vae.Core.Graphs;

public sealed partial class TensorGraph
{
    private readonly HashSet<Parameter> begun = new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// Whether kernels in weight norm take their gain and bias from the data they meet (once each): g = 1 / σ[t], b = −μ[t] / σ[t] with t = W x / ‖W‖
    /// over the batch, so that what comes out has mean 0 and variance 1. Salimans and Kingma 2016, arXiv:1602.07868, eq. 5–6.
    /// </summary>
    public bool BeginsWeightNorm { get; init; }

    /// <inheritdoc/>
    public Tensor ToImage(Tensor x, ImageShape shape) => x.reshape(-1, shape.Channels, shape.Height, shape.Width);

    /// <inheritdoc/>
    public Tensor FromImage(Tensor image, Tensor like) => image.reshape([.. like.shape[..^1], image[0].numel()]);

    /// <inheritdoc/>
    public Tensor Linear(Tensor x, Kernel kernel, Parameter? bias)
    {
        Begin(kernel, bias, weight => Product(x, weight, null).reshape(-1, kernel.Outputs));
        return Product(x, kernel.Value(), bias);
    }

    /// <inheritdoc/>
    public Tensor LinearRelu(Tensor x, Kernel kernel, Parameter? bias) =>
        (Factors is null && kernel.Gain is null ? Fused.Linear(x, kernel.Weight, bias, relu: true) : null)
        ?? Relu(Linear(x, kernel, bias));

    /// <inheritdoc/>
    public Tensor Conv2d(Tensor image, Kernel kernel, Parameter? bias, long stride, long padding)
    {
        Begin(kernel, bias, weight => Convolve(weight, null));
        return Convolve(kernel.Value(), bias);

        Tensor Convolve(Tensor weight, Tensor? bias) =>
            Factors is null
                ? Plain(image, weight, bias)
                : Rounded(image, weight, bias?.view(-1, 1, 1), (image, weight) => Plain(image, weight, null));

        Tensor Plain(Tensor image, Tensor weight, Tensor? bias)
        {
            Tensor? fused = stride == 1 && padding == 1 ? Fused.Convolution3x3(image, weight) : null;
            return fused is null ? nn.functional.conv2d(image, weight, bias, [stride, stride], [padding, padding])
                : bias is null ? fused
                : fused + bias.view(-1, 1, 1);
        }
    }

    /// <inheritdoc/>
    public Tensor ConvTranspose2d(Tensor image, Kernel kernel, Parameter? bias, long stride, long padding, long extra)
    {
        Begin(kernel, bias, weight => Convolve(weight, null));
        return Convolve(kernel.Value(), bias);

        Tensor Convolve(Tensor weight, Tensor? bias) =>
            Factors is null
                ? Plain(image, weight, bias)
                : Rounded(image, weight, bias?.view(-1, 1, 1), (image, weight) => Plain(image, weight, null));

        Tensor Plain(Tensor image, Tensor weight, Tensor? bias) =>
            nn.functional.conv_transpose2d(image, weight, bias, [stride, stride], [padding, padding], [extra, extra]);
    }

    /// <inheritdoc/>
    public Tensor Subsample(Tensor image, long stride) =>
        image.slice(2, 0, long.MaxValue, stride).slice(3, 0, long.MaxValue, stride);

    /// <inheritdoc/>
    public Tensor Upsample(Tensor image, long factor) =>
        nn.functional.interpolate(image, scale_factor: [factor, factor]);

    /// <inheritdoc/>
    public Tensor LayerNorm(Tensor x, LayerNormalisation norm)
    {
        if (!norm.Images)
        {
            return nn.functional.layer_norm(x, [norm.Size], norm.Scale, norm.Shift, norm.Eps);
        }

        Tensor standard = nn.functional.layer_norm(x, x.shape[1..], eps: norm.Eps);
        return standard * norm.Scale.view(-1, 1, 1) + norm.Shift.view(-1, 1, 1);
    }

    /// <inheritdoc/>
    public Tensor AddScaled(Tensor a, Tensor b, double scale) => a.add(b, scale);

    // The response t is [N, O, ...].
    private void Begin(Kernel kernel, Parameter? bias, Func<Tensor, Tensor> response)
    {
        if (!BeginsWeightNorm || kernel.Gain is not { } gain || !begun.Add(gain))
        {
            return;
        }

        using IDisposable off = no_grad();
        using var scope = NewDisposeScope();
        Tensor t = response(kernel.Direction());
        long[] others = [0, .. Enumerable.Range(2, (int)t.dim() - 2).Select(axis => (long)axis)];
        Tensor scale = t.var(others, unbiased: false).add(1e-8).rsqrt();
        gain.copy_(scale);
        bias?.copy_(t.mean(others) * scale * -1);
    }
}
