using System.Buffers.Binary;

namespace Vae.Experiments.Data;

/// <summary>The element type of an IDX file, by its number in the magic.</summary>
public enum IdxType : byte
{
    /// <summary>Unsigned byte.</summary>
    Byte = 0x08,

    /// <summary>Signed 16-bit integer; big-endian in the file.</summary>
    Word = 0x0B,
}

/// <summary>What an IDX file (MNIST's container) holds: an array of bytes or of 16-bit integers.</summary>
/// <remarks>The file: 00 00 TT NN, then NN lengths as big-endian uint32, then the elements in row-major order, and nothing more.</remarks>
/// <param name="Type">Of the elements.</param>
/// <param name="Dimensions">The lengths, slowest first.</param>
/// <param name="Data">The elements as they lie in the file.</param>
public sealed record IdxArray(IdxType Type, IReadOnlyList<int> Dimensions, ReadOnlyMemory<byte> Data)
{
    private const int Header = 4;

    /// <summary>Reads a file, zipped or not.</summary>
    public static IdxArray Read(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            return Parse(Gzip.Is(bytes) ? Gzip.Inflate(bytes) : bytes);
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new ExperimentException(ExitCode.Data, $"{path}: {failure.Message}", failure);
        }
    }

    /// <summary>Understands the bytes of an unzipped file. InvalidDataException: what was found and what was expected.</summary>
    public static IdxArray Parse(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        var lengths = Lengths(bytes);
        var type = (IdxType)bytes[2];
        var start = Header + (4 * lengths.Count);
        var shape = string.Join('x', lengths);
        var size = lengths.Aggregate(
            (Int128)(type == IdxType.Byte ? 1 : 2),
            (all, length) => Int128.Min(all * length, long.MaxValue)
        );
        if (size > Array.MaxLength)
        {
            throw new InvalidDataException(
                $"declares {shape} elements, expected no more than {Array.MaxLength} bytes."
            );
        }

        if (bytes.Length - start != size)
        {
            throw new InvalidDataException(
                $"{bytes.Length - start} bytes behind the header, expected {size} for {shape} elements of type {type}."
            );
        }

        return new(type, lengths, file[start..]);
    }

    /// <summary>The lengths of the dimensions, from the first bytes of an unzipped file. InvalidDataException: it's no IDX file.</summary>
    public static IReadOnlyList<int> Lengths(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Header)
        {
            throw new InvalidDataException(
                $"{bytes.Length} bytes, expected an IDX file, which has a magic of {Header}."
            );
        }

        if (
            bytes[0] != 0
            || bytes[1] != 0
            || bytes[2] is not ((byte)IdxType.Byte or (byte)IdxType.Word)
            || bytes[3] == 0
        )
        {
            throw new InvalidDataException(
                $"starts with {Convert.ToHexString(bytes[..Header])}, expected an IDX magic: 000008NN (bytes) or 00000BNN (16-bit integers) with NN > 0 dimensions."
            );
        }

        int rank = bytes[3];
        var start = Header + (4 * rank);
        if (bytes.Length < start)
        {
            throw new InvalidDataException(
                $"{bytes.Length} bytes, expected a header of {start} for {rank} dimensions."
            );
        }

        var lengths = new uint[rank];
        for (var axis = 0; axis < rank; axis++)
        {
            lengths[axis] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(Header + (4 * axis))..]);
        }

        return lengths.All(length => length <= int.MaxValue)
            ? [.. lengths.Select(length => (int)length)]
            : throw new InvalidDataException($"declares {string.Join('x', lengths)} elements, which is too many.");
    }

    /// <summary>The bytes, where the file has this many examples of this size. InvalidDataException otherwise.</summary>
    public ReadOnlyMemory<byte> Bytes(params ReadOnlySpan<int> expected)
    {
        if (Type != IdxType.Byte || !Dimensions.SequenceEqual(expected.ToArray()))
        {
            throw new InvalidDataException(
                $"holds {string.Join('x', Dimensions)} elements of type {Type}, expected {string.Join('x', expected.ToArray())} of type {IdxType.Byte}."
            );
        }

        return Data;
    }

    /// <summary>The 16-bit integers in this machine's order. InvalidOperationException when it holds bytes.</summary>
    public short[] ToWords()
    {
        if (Type != IdxType.Word)
        {
            throw new InvalidOperationException($"The elements are of type {Type}.");
        }

        var values = new short[Data.Length / 2];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadInt16BigEndian(Data.Span[(2 * i)..]);
        }

        return values;
    }
}
