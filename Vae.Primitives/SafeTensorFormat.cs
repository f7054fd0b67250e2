using System.Globalization;

namespace Vae.Primitives;

/// <summary>What the writer and the reader of safetensors agree on.</summary>
internal static class SafeTensorFormat
{
    /// <summary>The last tensor's name.</summary>
    public const string SealName = "sha256";

    /// <summary>The header's entry that isn't a tensor.</summary>
    public const string MetadataName = "__metadata__";

    /// <summary>For error messages.</summary>
    public const string KnownTypes = "F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL";

    /// <summary>An element's bytes; 0 for an unknown type.</summary>
    public static int ByteSize(string dtype) =>
        dtype switch
        {
            "F64" or "I64" => 8,
            "F32" or "I32" => 4,
            "F16" or "BF16" or "I16" => 2,
            "I8" or "U8" or "BOOL" => 1,
            _ => 0,
        };

    /// <summary>A tensor's bytes; null where a size is negative or the product doesn't fit.</summary>
    public static long? ByteCount(string dtype, IReadOnlyList<long> shape)
    {
        Int128 count = ByteSize(dtype);
        foreach (var size in shape)
        {
            count *= size;
            if (size < 0 || count > long.MaxValue)
            {
                return null;
            }
        }
        return (long)count;
    }

    /// <summary>As in [2, 3].</summary>
    public static string Text(IReadOnlyList<long> integers) =>
        $"[{string.Join(", ", integers.Select(i => i.ToString(CultureInfo.InvariantCulture)))}]";
}
