using TorchSharp;
using static TorchSharp.torch;

namespace Vae.Torch;

/// <summary>How much memory lies in a scope's hands.</summary>
public static class ScopeMemory
{
    /// <summary>Memory that the scope's tensors keep, in bytes; what several look at counts once.</summary>
    public static long Bytes(this DisposeScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return scope.Tensors.Select(Storage).Distinct().Sum(s => s.Bytes);
    }

    private static unsafe (nint At, long Bytes) Storage(Tensor tensor)
    {
        nint at;
        long bytes;
        TorchException.ThrowIf(Shim.vt_storage(tensor.Handle, &at, &bytes), "storage");
        return (at, bytes);
    }
}
