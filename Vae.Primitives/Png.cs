using System.Buffers.Binary;
using System.IO.Compression;

namespace Vae.Primitives;

/// <summary>Writes 8-bit grey or RGB pictures as PNG (ISO/IEC 15948); equal pixels give equal bytes.</summary>
public static class Png
{
    private enum Filter : byte
    {
        None = 0,
        Sub = 1,
        Up = 2,
    }

    /// <param name="stream">Receives the file.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="channels">1 for grey, 3 for RGB.</param>
    /// <param name="pixels">[height, width, channels], row-major, the top row first.</param>
    public static void Write(Stream stream, int width, int height, int channels, ReadOnlySpan<byte> pixels)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Check(width, height, channels, pixels.Length);
        WriteStart(stream, width, height, channels);
        WriteChunk(stream, [.. "IDAT"u8, .. Compress(width * channels, channels, pixels)]);
        WriteEnd(stream);
    }

    /// <summary>ArgumentException: a picture of this size doesn't have so many bytes.</summary>
    internal static void Check(int width, int height, int channels, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (channels is not (1 or 3))
        {
            throw new ArgumentOutOfRangeException(
                nameof(channels),
                channels,
                "A picture has 1 (grey) or 3 (RGB) channels."
            );
        }
        if ((Int128)width * height * channels != length)
        {
            throw new ArgumentException(
                $"A picture of {width} x {height} pixels and {channels} channels doesn't have {length} bytes."
            );
        }
    }

    /// <summary>The signature and the header.</summary>
    internal static void WriteStart(Stream stream, int width, int height, int channels)
    {
        stream.Write([0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n']);
        WriteChunk(stream, [.. "IHDR"u8, .. Header(width, height, channels)]);
    }

    /// <summary>The end chunk.</summary>
    internal static void WriteEnd(Stream stream) => WriteChunk(stream, "IEND"u8);

    private static byte[] Header(int width, int height, int channels)
    {
        const byte bitDepth = 8;
        var colourType = (byte)(channels == 1 ? 0 : 2);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = bitDepth;
        header[9] = colourType; // the rest is 0: deflate, adaptive filters, no interlace
        return header;
    }

    /// <summary>The rows, filtered and deflated: what IDAT chunks hold.</summary>
    internal static ReadOnlySpan<byte> Compress(int stride, int channels, ReadOnlySpan<byte> pixels)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            ReadOnlySpan<byte> above = new byte[stride];
            var best = new byte[stride];
            var trial = new byte[stride];
            for (var start = 0; start < pixels.Length; start += stride)
            {
                var row = pixels.Slice(start, stride);
                var (choice, least) = (Filter.None, long.MaxValue);
                foreach (var filter in (ReadOnlySpan<Filter>)[Filter.None, Filter.Sub, Filter.Up])
                {
                    var sum = Apply(filter, row, above, channels, trial);
                    if (sum < least)
                    {
                        (choice, least) = (filter, sum);
                        (best, trial) = (trial, best);
                    }
                }
                zlib.WriteByte((byte)choice);
                zlib.Write(best);
                above = row;
            }
        }
        return compressed.ToArray();
    }

    // The usual choice of a filter (PNG specification, 12.8): the least sum of the residuals' absolute values as signed bytes.
    private static long Apply(
        Filter filter,
        ReadOnlySpan<byte> row,
        ReadOnlySpan<byte> above,
        int channels,
        Span<byte> result
    )
    {
        var sum = 0L;
        for (var i = 0; i < row.Length; i++)
        {
            var predicted = filter switch
            {
                Filter.Sub => i < channels ? 0 : row[i - channels],
                Filter.Up => above[i],
                _ => 0,
            };
            result[i] = (byte)(row[i] - predicted);
            sum += Math.Abs((int)(sbyte)result[i]);
        }
        return sum;
    }

    /// <summary>A chunk of a type (four letters) and its data, with length and checksum.</summary>
    internal static void WriteChunk(Stream stream, ReadOnlySpan<byte> typeAndData)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, typeAndData.Length - 4);
        stream.Write(number);
        stream.Write(typeAndData);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Of(typeAndData));
        stream.Write(number);
    }
}
