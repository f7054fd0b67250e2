using Vae.Torch;

namespace Vae.Core.Graphs;

/// <summary>The interpreter that computes: T is a tensor, gradients flow.</summary>
public sealed partial class TensorGraph : IGraph<Tensor>
{
    /// <summary>What the factors of matrix products and convolutions are rounded to; null: nothing is. So are their results and the weights' gradients, to whose own type they return.</summary>
    public ScalarType? Factors { get; init; }

    /// <inheritdoc/>
    public Tensor Linear(Tensor x, Parameter weight, Parameter? bias) => Product(x, weight, bias);

    /// <inheritdoc/>
    public Tensor AddBias(Tensor x, Parameter bias) => x + bias;

    /// <inheritdoc/>
    public Tensor Constant(Tensor value) => value;

    /// <inheritdoc/>
    public Tensor Relu(Tensor x) => x.relu();

    /// <inheritdoc/>
    public Tensor Tanh(Tensor x) => x.tanh();

    /// <inheritdoc/>
    public Tensor Elu(Tensor x) => x.elu();

    /// <inheritdoc/>
    public Tensor Sigmoid(Tensor x) => x.sigmoid();

    /// <inheritdoc/>
    public Tensor Softplus(Tensor x) => x.softplus();

    /// <inheritdoc/>
    public Tensor LogSigmoid(Tensor x) => nn.functional.logsigmoid(x);

    /// <inheritdoc/>
    public Tensor Exp(Tensor x) => x.exp();

    /// <inheritdoc/>
    public Tensor Log(Tensor x) => x.log();

    /// <inheritdoc/>
    public Tensor Add(Tensor a, Tensor b) => a + b;

    /// <inheritdoc/>
    public Tensor Subtract(Tensor a, Tensor b) => a - b;

    /// <inheritdoc/>
    public Tensor Multiply(Tensor a, Tensor b) => a * b;

    /// <inheritdoc/>
    public Tensor Divide(Tensor a, Tensor b) => a / b;

    /// <inheritdoc/>
    public Tensor Affine(Tensor x, double scale, double shift) => x.mul(scale).add(shift);

    /// <inheritdoc/>
    public Tensor Slice(Tensor x, long start, long length) => x.narrow(-1, start, length);

    /// <inheritdoc/>
    public Tensor Reverse(Tensor x) => x.flip(-1);

    /// <inheritdoc/>
    public Tensor SumLast(Tensor x) => x.sum(-1);

    /// <inheritdoc/>
    public Tensor BernoulliLogDensity(Tensor x, Tensor logits) =>
        Fused.BernoulliLogProb(x, logits) ?? SumLast(Subtract(Multiply(x, logits), Softplus(logits)));

    /// <inheritdoc/>
    public Tensor StandardNormalLogDensity(Tensor x) =>
        Fused.StandardNormalLogProb(x) ?? x.square().sum(-1).mul(-0.5).sub(HalfLog2Pi * x.shape[^1]);

    /// <inheritdoc/>
    public (Tensor Z, Tensor LogDensity) SampleNormal(Tensor mean, Tensor scale, Tensor noise) =>
        Fused.SampleNormal(mean, scale, noise)
        ?? (mean + scale * noise, StandardNormalLogDensity(noise) - scale.log().sum(-1));

    /// <inheritdoc/>
    public (Tensor Y, Tensor LogDet) GatedAffine(Tensor z, Tensor m, Tensor s) =>
        Fused.GatedAffine(z, m, s) ?? (m + s.sigmoid() * (z - m), LogSigmoid(s).sum(-1));

    private Tensor Product(Tensor x, Tensor weight, Tensor? bias) =>
        Factors is null ? Plain(x, weight, bias) : Rounded(x, weight, bias, (x, weight) => Plain(x, weight, null));

    private static Tensor Plain(Tensor x, Tensor weight, Tensor? bias) =>
        Fused.Linear(x, weight, bias) ?? nn.functional.linear(x, weight, bias);

    // The product of rounded factors, itself rounded, and the bias, which broadcasts. libtorch's products of bfloat16 on a CPU add up in bfloat16 too,
    // a GPU's in float32; so on a CPU the rounded numbers are multiplied as float32.
    private Tensor Rounded(Tensor x, Tensor weight, Tensor? bias, Func<Tensor, Tensor, Tensor> product)
    {
        ScalarType type = Factors!.Value;
        ScalarType multiplied = x.device_type == DeviceType.CPU ? x.dtype : type;
        Tensor value = product(x.to(type).to(multiplied), weight.to(type).to(multiplied)).to(type).to(x.dtype);
        return bias is null ? value : value + bias;
    }
}
