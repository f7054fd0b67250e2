using System.Runtime.InteropServices;
using Vae.OnnxRuntime.Native;

namespace Vae.OnnxRuntime;

/// <summary>
/// An object of ONNX Runtime's, released exactly once: when it is disposed of and no call uses it any more. (Should it be forgotten,
/// SafeHandle's finalizer releases it.)
/// </summary>
public abstract class NativeHandle : SafeHandle
{
    private readonly Slot? release;

    /// <param name="pointer">The object.</param>
    /// <param name="release">The function that releases it; null for what the whole process shares, which Dispose leaves alone.</param>
    private protected NativeHandle(nint pointer, Slot? release)
        : base(0, ownsHandle: release is not null)
    {
        this.release = release;
        SetHandle(pointer);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    internal Lease Use() => new(this);

    internal nint Acquire()
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        var success = false;
        DangerousAddRef(ref success);
        return handle;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        Api.Release(release!.Value, handle);
        return true;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (release is not null)
        {
            base.Dispose(disposing);
        }
    }
}
