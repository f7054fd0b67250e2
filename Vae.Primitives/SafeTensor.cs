namespace Vae.Primitives;

/// <summary>A named array: its element type, its shape and its bytes, row-major and little-endian.</summary>
/// <param name="Name">Unique within a file.</param>
/// <param name="DType">F64, F32, F16, BF16, I64, I32, I16, I8, U8 or BOOL.</param>
/// <param name="Shape">Sizes, outermost first; empty for a scalar.</param>
/// <param name="Data">Product of the shape times the element's size, in bytes.</param>
public sealed record SafeTensor(string Name, string DType, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data);
