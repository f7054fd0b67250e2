using System.Runtime.InteropServices;

namespace Vae.Inference.Protocol;

/// <summary>Numbers on their way into a model: their shape, and their bytes, little-endian and row-major.</summary>
public readonly record struct Tensor(long[] Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>FP32 numbers, [rows, numbers/rows].</summary>
    public static Tensor Of(float[] numbers, int rows)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        return new Tensor([rows, numbers.Length / rows], MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray());
    }
}
