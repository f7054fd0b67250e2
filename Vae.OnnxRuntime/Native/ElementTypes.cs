using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Vae.OnnxRuntime.Native;

/// <summary>C#'s types and a tensor's element types.</summary>
internal static class ElementTypes
{
    private static readonly (TensorElementType Element, Type Clr, int Size)[] table =
    [
        (TensorElementType.Float, typeof(float), 4),
        (TensorElementType.UInt8, typeof(byte), 1),
        (TensorElementType.Int8, typeof(sbyte), 1),
        (TensorElementType.UInt16, typeof(ushort), 2),
        (TensorElementType.Int16, typeof(short), 2),
        (TensorElementType.Int32, typeof(int), 4),
        (TensorElementType.Int64, typeof(long), 8),
        (TensorElementType.Bool, typeof(bool), 1),
        (TensorElementType.Float16, typeof(Float16), 2),
        (TensorElementType.Double, typeof(double), 8),
        (TensorElementType.UInt32, typeof(uint), 4),
        (TensorElementType.UInt64, typeof(ulong), 8),
        (TensorElementType.Float16, typeof(Half), 2),
    ];

    /// <exception cref="NotSupportedException">A tensor can't hold this type.</exception>
    public static TensorElementType Of<T>()
        where T : unmanaged =>
        Kind<T>.Element ?? throw new NotSupportedException($"A tensor can't hold {typeof(T).Name}.");

    /// <exception cref="NotSupportedException">The elements are none of C#'s: texts, complex numbers, bfloat16.</exception>
    public static int Size(TensorElementType element) => Row(element).Size;

    /// <exception cref="NotSupportedException">The elements are none of C#'s: complex numbers, bfloat16.</exception>
    public static Type Clr(TensorElementType element) =>
        element == TensorElementType.String ? typeof(string) : Row(element).Clr;

    private static (TensorElementType Element, Type Clr, int Size) Row(TensorElementType element)
    {
        var row = Array.Find(table, row => row.Element == element);
        return row.Clr is null ? throw new NotSupportedException($"Tensors of {element} can't be read here.") : row;
    }

    private static class Kind<T>
    {
        public static readonly TensorElementType? Element = Array.Find(table, row => row.Clr == typeof(T)) switch
        {
            (var element, not null, _) => element,
            _ => null,
        };
    }
}
