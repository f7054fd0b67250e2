using Microsoft.ML.OnnxRuntime;

namespace Vae.OnnxRuntime.Native;

/// <summary>The right to use several values at once; see <see cref="Lease"/>.</summary>
internal readonly struct Leases : IDisposable
{
    private readonly Lease[] held;

    /// <exception cref="ObjectDisposedException">One of them has been disposed of; then none is held.</exception>
    public Leases(IReadOnlyCollection<OrtValue> values)
    {
        held = new Lease[values.Count];
        Pointers = new nint[values.Count];
        try
        {
            var i = 0;
            foreach (var value in values)
            {
                held[i] = value.Use();
                Pointers[i] = held[i].Pointer;
                i++;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public nint[] Pointers { get; }

    public void Dispose()
    {
        foreach (var lease in held)
        {
            lease.Dispose();
        }
    }
}
