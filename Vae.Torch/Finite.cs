using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.Torch;

/// <summary>Whether gradients may be used.</summary>
public static class Finite
{
    /// <summary>True when no gradient of these parameters holds NaN or an infinity; a missing gradient is fine.</summary>
    public static unsafe bool Gradients(IReadOnlyList<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        using var scope = NewDisposeScope();
        Tensor[] gradients = [.. parameters.Select(p => p.grad).OfType<Tensor>()];
        nint* handles = stackalloc nint[gradients.Length];
        for (int i = 0; i < gradients.Length; i++)
        {
            handles[i] = gradients[i].Handle;
        }

        int result;
        TorchException.ThrowIf(Shim.vt_all_finite(handles, gradients.Length, &result), "all_finite");
        return result != 0;
    }
}
