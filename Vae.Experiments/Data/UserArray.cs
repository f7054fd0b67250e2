using System.IO.Compression;

namespace Vae.Experiments.Data;

/// <summary>Examples in one array: an IDX or NumPy file, zipped or not.</summary>
internal static class UserArray
{
    /// <summary>The examples and the shape of one.</summary>
    public static (Split, IReadOnlyList<int>) Read(string name, ReadOnlyMemory<byte> file)
    {
        if (!IsNpy(file.Span))
        {
            var idx = IdxArray.Parse(file);
            var (idxShape, idxLast) = Shape(idx.Dimensions);
            var bytes = idx.Bytes([.. idx.Dimensions]).ToArray();
            return (new(name, idx.Dimensions[0], ChannelsFirst(bytes, idxShape, idxLast), null, null), idxShape);
        }

        var array = NpyArray.Parse(file);
        var (shape, last) = Shape(array.Dimensions);
        int count = array.Dimensions[0];
        return array.Type switch
        {
            NpyType.U1 => (new(name, count, ChannelsFirst(array.Bytes(), shape, last), null, null), shape),
            NpyType.F4 or NpyType.F8 => (
                new(name, count, null, ChannelsFirst(Finite(array.Floats(), array.Dimensions), shape, last), null),
                shape
            ),
            _ => throw new InvalidDataException(
                $"elements of type {array.Type}; examples are uint8 (pixels) or floating-point numbers"
            ),
        };
    }

    /// <summary>Whole numbers: bytes of an IDX file, integers of a NumPy file.</summary>
    public static long[] Integers(ReadOnlyMemory<byte> file) =>
        IsNpy(file.Span) ? NpyArray.Parse(file).Integers()
        : IdxArray.Parse(file) is { Type: IdxType.Byte } idx ? [.. idx.Data.ToArray()]
        : [];

    /// <summary>The dimensions, and whether it is of bytes, from the first bytes of a file.</summary>
    public static (IReadOnlyList<int> Dimensions, bool Bytes) Header(string path)
    {
        const int enough = 1 << 12;
        using var file = File.OpenRead(path);
        Span<byte> two = stackalloc byte[2];
        file.ReadAtLeast(two, 2, throwOnEndOfStream: false);
        file.Position = 0;
        using Stream content = Gzip.Is(two) ? new GZipStream(file, CompressionMode.Decompress) : file;
        var head = new byte[enough];
        var length = content.ReadAtLeast(head, enough, throwOnEndOfStream: false);
        if (!IsNpy(head))
        {
            return (IdxArray.Lengths(head.AsSpan(0, length)), true);
        }

        var array = NpyArray.Parse(head.AsMemory(0, length));
        return (array.Dimensions, array.Type == NpyType.U1);
    }

    /// <summary>The shape of one example, and whether its channels come last in the file.</summary>
    public static (IReadOnlyList<int> Shape, bool ChannelsLast) Shape(IReadOnlyList<int> dimensions) =>
        dimensions switch
        {
            _ when dimensions.Any(d => d < 1) => throw new InvalidDataException("the array is empty"),
            [_, var d] => ([d], false),
            [_, var h, var w] => ([1, h, w], false),
            [_, (1 or 3) and var c, var h, var w] => ([c, h, w], false),
            [_, var h, var w, (1 or 3) and var c] => ([c, h, w], true),
            _ => throw new InvalidDataException(
                $"an array of [{string.Join(", ", dimensions)}]; allowed are [N, D], [N, H, W], [N, C, H, W] and [N, H, W, C] with 1 or 3 channels"
            ),
        };

    /// <summary>The values with the channels of each example before its rows and columns.</summary>
    public static T[] ChannelsFirst<T>(T[] values, IReadOnlyList<int> shape, bool last)
    {
        if (!last || shape[0] == 1)
        {
            return values;
        }

        var (channels, plane) = (shape[0], shape[1] * shape[2]);
        var moved = new T[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var (example, rest) = Math.DivRem(i, channels * plane);
            var (pixel, channel) = Math.DivRem(rest, channels);
            moved[(((example * channels) + channel) * plane) + pixel] = values[i];
        }

        return moved;
    }

    /// <summary>The same values. InvalidDataException: where the first one is that is NaN or infinite.</summary>
    public static float[] Finite(float[] values, IReadOnlyList<int> dimensions)
    {
        int at = Array.FindIndex(values, value => !float.IsFinite(value));
        if (at < 0)
        {
            return values;
        }

        var place = new int[dimensions.Count];
        for (int axis = place.Length - 1, rest = at; axis >= 0; axis--)
        {
            (rest, place[axis]) = Math.DivRem(rest, dimensions[axis]);
        }

        string found = float.IsNaN(values[at]) ? "NaN" : "infinite (in single precision)";
        throw new InvalidDataException($"the number at [{string.Join(", ", place)}] is {found}");
    }

    private static bool IsNpy(ReadOnlySpan<byte> file) => file is [0x93, (byte)'N', ..];
}
