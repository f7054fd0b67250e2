using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>y = (x − μ) / √(σ² + ε) · w + b per channel; μ, σ² of the batch (biased) in training, the running ones otherwise.</summary>
/// <remarks>Ioffe and Szegedy 2015, arXiv:1502.03167. Without running statistics the batch's own are always used.</remarks>
public abstract class BatchNorm : NormBase
{
    private protected BatchNorm(
        long num_features,
        double eps,
        double momentum,
        bool affine,
        bool track_running_stats,
        Device? device,
        ScalarType? dtype,
        string name
    )
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name) { }

    public override Tensor forward(Tensor input)
    {
        ValidateInputDimensions(input);
        double share = momentum ?? 0;
        if (training && num_batches_tracked is not null)
        {
            num_batches_tracked.add_(1);
            share = momentum ?? (1.0 / num_batches_tracked.item<long>());
        }

        return functional.batch_norm(
            input,
            running_mean,
            running_var,
            weight,
            bias,
            training || !track_running_stats,
            share,
            eps
        );
    }

    private protected void RequireDimensions(Tensor input, params ReadOnlySpan<long> allowed)
    {
        if (!allowed.Contains(input.dim()))
        {
            throw new ArgumentException(
                $"{GetName()} takes {string.Join(" or ", allowed.ToArray())} dimensions, got [{string.Join(", ", input.shape)}]."
            );
        }
    }
}
