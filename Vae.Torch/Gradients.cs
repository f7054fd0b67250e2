using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.Torch;

/// <summary>What is asked of all gradients of some parameters before a step, in one pass; a missing gradient counts as nothing.</summary>
public static unsafe class Gradients
{
    /// <summary>True when none holds NaN or an infinity.</summary>
    public static bool AreFinite(IReadOnlyList<Parameter> parameters)
    {
        using var scope = NewDisposeScope();
        int result;
        nint[] handles = Handles(parameters);
        fixed (nint* first = handles)
        {
            TorchException.ThrowIf(Shim.vt_all_finite(first, handles.Length, &result), "all_finite");
        }

        return result != 0;
    }

    /// <summary>‖g‖ = √Σ g² over all of them, in float64; not finite when one of them isn't.</summary>
    public static double Norm(IReadOnlyList<Parameter> parameters)
    {
        using var scope = NewDisposeScope();
        double result;
        nint[] handles = Handles(parameters);
        fixed (nint* first = handles)
        {
            TorchException.ThrowIf(Shim.vt_norm(first, handles.Length, &result), "norm");
        }

        return result;
    }

    /// <summary>What gradients of this norm are multiplied with to be no longer than maxNorm: min(1, maxNorm / (‖g‖ + 10⁻⁶)), as in PyTorch.</summary>
    public static double ClippingScale(double norm, double maxNorm) => Math.Min(1, maxNorm / (norm + 1e-6));

    private static nint[] Handles(IReadOnlyList<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return [.. parameters.Select(p => p.grad).OfType<Tensor>().Select(g => g.Handle)];
    }
}
