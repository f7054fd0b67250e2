using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Batch normalisation of x: [N, C] or [N, C, L].</summary>
public sealed class BatchNorm1d : BatchNorm
{
    internal BatchNorm1d(
        long features,
        double eps,
        double momentum,
        bool affine,
        bool track,
        Device? device,
        ScalarType? dtype
    )
        : base(features, eps, momentum, affine, track, device, dtype, nameof(BatchNorm1d)) { }

    protected override void ValidateInputDimensions(Tensor input) => RequireDimensions(input, 2, 3);
}
