using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Vae.Experiments.Data;

/// <summary>A matrix of a MATLAB file, whose values are whole numbers from 0 to 255.</summary>
/// <param name="Rows">First dimension.</param>
/// <param name="Columns">Second dimension.</param>
/// <param name="Values">[Columns, Rows]: column by column, as MATLAB stores them.</param>
public sealed record MatMatrix(int Rows, int Columns, byte[] Values)
{
    /// <summary>[Rows, Columns], row by row.</summary>
    public byte[] RowMajor()
    {
        var rows = new byte[Values.Length];
        for (var c = 0; c < Columns; c++)
        {
            for (var r = 0; r < Rows; r++)
            {
                rows[(r * Columns) + c] = Values[(c * Rows) + r];
            }
        }

        return rows;
    }
}

/// <summary>Reads the matrices of bytes in a MATLAB 5 file (.mat), zipped or not; what else is in it is passed over.</summary>
/// <remarks>MathWorks, "MAT-File Format", level 5: a header of 128 bytes, then elements of a type, a size and data; a zipped one has type 15.</remarks>
public static class MatFile
{
    private const int HeaderSize = 128;
    private const int Matrix = 14;
    private const int Zipped = 15;
    private const int Double = 9;

    /// <summary>The matrices by name. InvalidDataException: what was found and what was expected.</summary>
    public static IReadOnlyDictionary<string, MatMatrix> Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderSize || file[126] != 'I' || file[127] != 'M')
        {
            throw new InvalidDataException("not a little-endian MATLAB 5 file");
        }

        var found = new Dictionary<string, MatMatrix>();
        var at = HeaderSize;
        while (at < file.Length)
        {
            var (type, data) = Element(file, ref at, padded: false);
            if (type == Zipped)
            {
                var inner = Inflate(data);
                var start = 0;
                (type, data) = Element(inner, ref start, padded: false);
            }

            if (type == Matrix && Read(data) is var (name, matrix))
            {
                found[name] = matrix;
            }
        }

        return found;
    }

    private static (int Type, byte[] Data) Element(ReadOnlySpan<byte> from, ref int at, bool padded)
    {
        if (from.Length - at < 8)
        {
            throw new InvalidDataException("the file ends within an element");
        }

        var type = BinaryPrimitives.ReadInt32LittleEndian(from[at..]);
        var size = BinaryPrimitives.ReadInt32LittleEndian(from[(at + 4)..]);
        var start = at + 8;
        if (type >> 16 != 0) // four bytes or less, beside their type
        {
            (type, size, start) = (type & 0xFFFF, type >> 16, at + 4);
        }

        if (size < 0 || size > from.Length - start)
        {
            throw new InvalidDataException("an element is longer than the file");
        }

        at = start == at + 4 ? at + 8 : start + (padded ? (size + 7) / 8 * 8 : size);
        return (type, from.Slice(start, size).ToArray());
    }

    private static byte[] Inflate(byte[] zipped)
    {
        using var stream = new ZLibStream(new MemoryStream(zipped), CompressionMode.Decompress);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private static (string Name, MatMatrix Matrix)? Read(byte[] matrix)
    {
        var at = 0;
        var kind = Element(matrix, ref at, padded: true).Data[0];
        if (kind is < 6 or > 13) // cells, structures, texts
        {
            return null;
        }

        var sizes = Element(matrix, ref at, padded: true).Data;
        var name = Encoding.ASCII.GetString(Element(matrix, ref at, padded: true).Data);
        if (sizes.Length != 8)
        {
            return null;
        }

        var (type, data) = Element(matrix, ref at, padded: true);
        var (rows, columns) = (
            BinaryPrimitives.ReadInt32LittleEndian(sizes),
            BinaryPrimitives.ReadInt32LittleEndian(sizes.AsSpan(4))
        );
        return Bytes(type, data) is { } bytes && bytes.Length == (long)rows * columns
            ? (name, new MatMatrix(rows, columns, bytes))
            : null;
    }

    // A file may store doubles as bytes, and the other way round; null where a value is no byte.
    private static byte[]? Bytes(int type, byte[] data)
    {
        if (type == 2)
        {
            return data;
        }

        if (type != Double)
        {
            return null;
        }

        var bytes = new byte[data.Length / 8];
        for (var i = 0; i < bytes.Length; i++)
        {
            var value = BinaryPrimitives.ReadDoubleLittleEndian(data.AsSpan(8 * i));
            bytes[i] = (byte)Math.Clamp(value, 0, 255);
            if (bytes[i] != value)
            {
                return null;
            }
        }

        return bytes;
    }
}
