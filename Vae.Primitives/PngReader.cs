using System.Buffers.Binary;
using System.IO.Compression;

namespace Vae.Primitives;

/// <summary>A decoded picture.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Channels">1 for grey, 3 for RGB; transparency is dropped.</param>
/// <param name="Pixels">[Height, Width, Channels], 0..255.</param>
public sealed record PngImage(int Width, int Height, int Channels, byte[] Pixels);

/// <summary>Reads PNG pictures (ISO/IEC 15948) of every colour type and bit depth, but for interlaced ones.</summary>
/// <remarks>Depths below 8 are stretched to 0..255, of 16 bits the upper 8 are kept. A picture whose palette is grey is grey.</remarks>
public static class PngReader
{
    private const int Grey = 0;
    private const int Rgb = 2;
    private const int Palette = 3;
    private const int GreyAlpha = 4;
    private const int RgbAlpha = 6;
    private const long MaxPixels = 1 << 28;
    private static readonly byte[] signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    private readonly record struct Header(int Width, int Height, int Depth, int Colour)
    {
        public int Samples =>
            Colour switch
            {
                Rgb => 3,
                GreyAlpha => 2,
                RgbAlpha => 4,
                _ => 1,
            };

        public int Stride => checked((int)(((long)Width * Samples * Depth + 7) / 8));
    }

    /// <summary>Decodes a whole file. InvalidDataException: what is wrong with it.</summary>
    public static PngImage Read(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(signature))
        {
            throw new InvalidDataException("it doesn't begin as a PNG file does");
        }

        Header? header = null;
        ReadOnlySpan<byte> palette = [];
        using var data = new MemoryStream();
        bool ended = false;
        for (int at = signature.Length; !ended; )
        {
            var (type, chunk) = Chunk(file, ref at);
            switch (type)
            {
                case "IHDR":
                    header = ReadHeader(chunk);
                    break;
                case "PLTE":
                    palette = chunk;
                    break;
                case "IDAT":
                    data.Write(chunk);
                    break;
                case "IEND":
                    ended = true;
                    break;
                default:
                    break;
            }
        }

        Header h = header ?? throw new InvalidDataException("it has no header chunk");
        data.Position = 0;
        byte[] rows = Unfilter(h, data);
        return h.Colour == Palette ? Paint(h, rows, palette) : Unpack(h, rows);
    }

    private static (string Type, byte[] Data) Chunk(ReadOnlySpan<byte> file, ref int at)
    {
        if (file.Length - at < 12)
        {
            throw new InvalidDataException("it ends before its end chunk");
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
        if (length > file.Length - at - 12)
        {
            throw new InvalidDataException("a chunk is longer than the file");
        }

        ReadOnlySpan<byte> body = file.Slice(at + 4, (int)length + 4);
        if (Crc32.Of(body) != BinaryPrimitives.ReadUInt32BigEndian(file[(at + 8 + (int)length)..]))
        {
            throw new InvalidDataException("a chunk's checksum is wrong");
        }

        at += 12 + (int)length;
        return (System.Text.Encoding.ASCII.GetString(body[..4]), body[4..].ToArray());
    }

    private static Header ReadHeader(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length != 13)
        {
            throw new InvalidDataException("its header chunk isn't 13 bytes long");
        }

        var header = new Header(
            BinaryPrimitives.ReadInt32BigEndian(chunk),
            BinaryPrimitives.ReadInt32BigEndian(chunk[4..]),
            chunk[8],
            chunk[9]
        );
        bool known = header.Colour switch
        {
            Grey => header.Depth is 1 or 2 or 4 or 8 or 16,
            Palette => header.Depth is 1 or 2 or 4 or 8,
            Rgb or GreyAlpha or RgbAlpha => header.Depth is 8 or 16,
            _ => false,
        };
        if (!known || header.Width < 1 || header.Height < 1 || (long)header.Width * header.Height > MaxPixels)
        {
            throw new InvalidDataException(
                $"a picture of {header.Width} x {header.Height} pixels, colour type {header.Colour} and {header.Depth} bits isn't one that is read here"
            );
        }

        return chunk[12] == 0 ? header : throw new InvalidDataException("it is interlaced, which isn't read here");
    }

    // Rows of Stride bytes, the filters undone (section 9).
    private static byte[] Unfilter(Header h, Stream zipped)
    {
        using var inflate = new ZLibStream(zipped, CompressionMode.Decompress);
        int step = Math.Max(1, h.Samples * h.Depth / 8);
        var rows = new byte[checked(h.Height * h.Stride)];
        ReadOnlySpan<byte> above = new byte[h.Stride];
        try
        {
            for (int y = 0; y < h.Height; y++)
            {
                int filter = inflate.ReadByte();
                Span<byte> row = rows.AsSpan(y * h.Stride, h.Stride);
                inflate.ReadExactly(row);
                for (int i = 0; i < row.Length; i++)
                {
                    int left = i >= step ? row[i - step] : 0;
                    int corner = i >= step ? above[i - step] : 0;
                    row[i] += (byte)(
                        filter switch
                        {
                            0 => 0,
                            1 => left,
                            2 => above[i],
                            3 => (left + above[i]) / 2,
                            4 => Paeth(left, above[i], corner),
                            _ => throw new InvalidDataException($"a row has the unknown filter {filter}"),
                        }
                    );
                }

                above = row;
            }
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("its pixels end too early", e);
        }

        return rows;
    }

    private static int Paeth(int left, int above, int corner)
    {
        int guess = left + above - corner;
        var (dl, da, dc) = (Math.Abs(guess - left), Math.Abs(guess - above), Math.Abs(guess - corner));
        return dl <= da && dl <= dc ? left
            : da <= dc ? above
            : corner;
    }

    private static PngImage Unpack(Header h, byte[] rows)
    {
        int channels = h.Colour is Rgb or RgbAlpha ? 3 : 1;
        var pixels = new byte[h.Width * h.Height * channels];
        int top = h.Depth == 16 ? 255 : (1 << h.Depth) - 1;
        for (int i = 0; i < pixels.Length; i++)
        {
            int pixel = i / channels;
            pixels[i] = (byte)(Sample(h, rows, pixel, i % channels) * 255 / top);
        }

        return new(h.Width, h.Height, channels, pixels);
    }

    private static PngImage Paint(Header h, byte[] rows, ReadOnlySpan<byte> palette)
    {
        var pixels = new byte[h.Width * h.Height * 3];
        bool grey = true;
        for (int i = 0; i < h.Width * h.Height; i++)
        {
            int entry = 3 * Sample(h, rows, i, 0);
            if (entry + 3 > palette.Length)
            {
                throw new InvalidDataException("a pixel's colour isn't in its palette");
            }

            palette.Slice(entry, 3).CopyTo(pixels.AsSpan(3 * i));
            grey &= palette[entry] == palette[entry + 1] && palette[entry] == palette[entry + 2];
        }

        return grey
            ? new(h.Width, h.Height, 1, [.. Enumerable.Range(0, h.Width * h.Height).Select(i => pixels[3 * i])])
            : new(h.Width, h.Height, 3, pixels);
    }

    private static int Sample(Header h, byte[] rows, int pixel, int channel)
    {
        var (y, x) = (pixel / h.Width, pixel % h.Width);
        int bit = ((x * h.Samples) + channel) * h.Depth;
        int value = rows[(y * h.Stride) + (bit / 8)];
        return h.Depth >= 8 ? value : (value >> (8 - h.Depth - (bit % 8))) & ((1 << h.Depth) - 1);
    }
}
