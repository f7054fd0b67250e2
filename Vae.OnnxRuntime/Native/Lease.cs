namespace Vae.OnnxRuntime.Native;

/// <summary>The right to use a handle: while it is held, the object isn't released, even if another thread disposes of it.</summary>
internal readonly struct Lease : IDisposable
{
    private readonly NativeHandle? owner;

    /// <exception cref="ObjectDisposedException">The object has been disposed of.</exception>
    public Lease(NativeHandle owner)
    {
        Pointer = owner.Acquire();
        this.owner = owner;
    }

    public nint Pointer { get; }

    public void Dispose() => owner?.DangerousRelease();
}
