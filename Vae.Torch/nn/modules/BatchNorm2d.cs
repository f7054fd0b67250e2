using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Batch normalisation of x: [N, C, H, W].</summary>
public sealed class BatchNorm2d : BatchNorm
{
    internal BatchNorm2d(
        long features,
        double eps,
        double momentum,
        bool affine,
        bool track,
        Device? device,
        ScalarType? dtype
    )
        : base(features, eps, momentum, affine, track, device, dtype, nameof(BatchNorm2d)) { }

    protected override void ValidateInputDimensions(Tensor input) => RequireDimensions(input, 4);
}
