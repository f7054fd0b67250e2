using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>y = (x − μ) / √(σ² + ε) · w + b with μ, σ² (biased) over the last dimensions. Ba et al. 2016, arXiv:1607.06450.</summary>
public sealed class LayerNorm : Module<Tensor, Tensor>
{
    internal LayerNorm(long[] shape, double eps, bool affine, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(LayerNorm))
    {
        (normalized_shape, this.eps, elementwise_affine) = (shape, eps, affine);
        weight = affine ? Fresh(device, dtype, shape) : null;
        this.bias = affine && bias ? Fresh(device, dtype, shape) : null;
        reset_parameters();
        RegisterComponents();
    }

    public Parameter? weight { get; }

    public Parameter? bias { get; }

    public long[] normalized_shape { get; }

    public double eps { get; set; }

    public bool elementwise_affine { get; }

    public void reset_parameters()
    {
        if (weight is not null)
        {
            init.ones_(weight);
        }

        if (bias is not null)
        {
            init.zeros_(bias);
        }
    }

    public override Tensor forward(Tensor tensor) => functional.layer_norm(tensor, normalized_shape, weight, bias, eps);
}
