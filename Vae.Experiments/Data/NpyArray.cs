using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Vae.Experiments.Data;

/// <summary>The element types of a NumPy file that are read.</summary>
public enum NpyType
{
    /// <summary>|u1, or |b1 (0 and 1).</summary>
    U1,

    /// <summary>&lt;i4.</summary>
    I4,

    /// <summary>&lt;i8.</summary>
    I8,

    /// <summary>&lt;f4.</summary>
    F4,

    /// <summary>&lt;f8.</summary>
    F8,
}

/// <summary>What a NumPy file (.npy, versions 1 to 3) holds: an array in C order, little-endian.</summary>
/// <param name="Type">Of the elements.</param>
/// <param name="Dimensions">The lengths, slowest first.</param>
/// <param name="Data">The elements as they lie in the file.</param>
public sealed partial record NpyArray(NpyType Type, IReadOnlyList<int> Dimensions, ReadOnlyMemory<byte> Data)
{
    /// <summary>Understands the bytes of a file, of which at least the header must be there. InvalidDataException: what was found and what was expected.</summary>
    public static NpyArray Parse(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        if (bytes.Length < 12 || bytes[0] != 0x93 || !bytes[1..].StartsWith("NUMPY"u8))
        {
            throw new InvalidDataException("not a NumPy file: it doesn't begin with \\x93NUMPY");
        }

        var wide = bytes[6] >= 2;
        long length = wide
            ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..])
            : BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        var start = wide ? 12 : 10;
        if (length > bytes.Length - start)
        {
            throw new InvalidDataException("the NumPy file ends within its header");
        }

        var header = Encoding.UTF8.GetString(bytes.Slice(start, (int)length));
        if (Fields().Match(header) is not { Success: true } fields)
        {
            throw new InvalidDataException($"the NumPy header isn't understood: {header.Trim()}");
        }

        if (fields.Groups["order"].Value == "True")
        {
            throw new InvalidDataException("the array is in Fortran order; store numpy.ascontiguousarray(a) instead");
        }

        var type = fields.Groups["type"].Value switch
        {
            "|u1" or "|b1" => NpyType.U1,
            "<i4" => NpyType.I4,
            "<i8" => NpyType.I8,
            "<f4" => NpyType.F4,
            "<f8" => NpyType.F8,
            var other => throw new InvalidDataException(
                $"elements of type '{other}'; allowed are uint8, bool, int32, int64, float32 and float64, little-endian"
            ),
        };
        int[] dimensions =
        [
            .. Numbers()
                .Matches(fields.Groups["shape"].Value)
                .Select(number => int.Parse(number.Value, CultureInfo.InvariantCulture)),
        ];
        return new(type, dimensions, file[(start + (int)length)..]);
    }

    /// <summary>The number of elements.</summary>
    public long Count => Dimensions.Aggregate(1L, (product, size) => product * size);

    /// <summary>Bytes 0..255, where the elements are uint8 or bool.</summary>
    public byte[] Bytes() => Whole(1).ToArray();

    /// <summary>Floating-point elements in single precision.</summary>
    public float[] Floats()
    {
        var bytes = Whole(Type == NpyType.F8 ? 8 : 4);
        var values = new float[Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] =
                Type == NpyType.F8
                    ? (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(8 * i)..])
                    : BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]);
        }

        return values;
    }

    /// <summary>Whole numbers, whatever their width. InvalidDataException: the elements are floating-point.</summary>
    public long[] Integers()
    {
        var size = Type switch
        {
            NpyType.U1 => 1,
            NpyType.I4 => 4,
            NpyType.I8 => 8,
            _ => throw new InvalidDataException("floating-point elements where whole numbers are expected"),
        };
        var bytes = Whole(size);
        var values = new long[Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = size switch
            {
                1 => bytes[i],
                4 => BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]),
                _ => BinaryPrimitives.ReadInt64LittleEndian(bytes[(8 * i)..]),
            };
        }

        return values;
    }

    private ReadOnlySpan<byte> Whole(int size) =>
        Data.Length == Count * size
            ? Data.Span
            : throw new InvalidDataException(
                $"{Data.Length} bytes of elements, expected {Count * size} for an array of [{string.Join(", ", Dimensions)}]"
            );

    [GeneratedRegex(
        @"'descr':\s*'(?<type>[^']+)'.*'fortran_order':\s*(?<order>True|False).*'shape':\s*\((?<shape>[0-9,\s]*)\)",
        RegexOptions.Singleline
    )]
    private static partial Regex Fields();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Numbers();
}
