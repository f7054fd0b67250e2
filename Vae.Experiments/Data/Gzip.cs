using System.IO.Compression;

namespace Vae.Experiments.Data;

/// <summary>Zipped bytes and what is in them.</summary>
internal static class Gzip
{
    /// <summary>Whether the bytes begin as a gzip file does (RFC 1952).</summary>
    public static bool Is(ReadOnlySpan<byte> bytes) => bytes is [0x1F, 0x8B, ..];

    /// <summary>The content. InvalidDataException: it is damaged or cut off.</summary>
    /// <param name="bytes">The zipped bytes.</param>
    /// <param name="expected">How much to make room for; a content of another size is fine.</param>
    public static byte[] Inflate(byte[] bytes, int expected = 0)
    {
        using var zipped = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        var content = new byte[Math.Max(expected, 1 << 12)];
        var length = 0;
        while (true)
        {
            length += zipped.ReadAtLeast(content.AsSpan(length), content.Length - length, throwOnEndOfStream: false);
            if (length < content.Length)
            {
                return content.AsSpan(0, length).ToArray();
            }

            var next = zipped.ReadByte();
            if (next < 0)
            {
                return content;
            }

            Array.Resize(ref content, (int)Math.Min(2L * content.Length, Array.MaxLength));
            content[length++] = (byte)next;
        }
    }
}
