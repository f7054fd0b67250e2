namespace Vae.Torch;

/// <summary>An operator of a profile.</summary>
/// <param name="Name">Such as aten::addmm.</param>
/// <param name="Calls">How often.</param>
/// <param name="Seconds">In all calls, without the operators that it calls itself.</param>
public sealed record OperatorTime(string Name, long Calls, double Seconds)
{
    /// <summary>Whether it is a matrix product or a convolution.</summary>
    public bool IsMatrixProduct =>
        Name
            is "vae::product"
                or "vae::sparse_product"
                or "vae::sparse_gradient"
                or "aten::mm"
                or "aten::addmm"
                or "aten::addmm_"
                or "aten::bmm"
        || Name.Contains("conv", StringComparison.OrdinalIgnoreCase);
}
