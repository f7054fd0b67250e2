using System.Buffers.Binary;

namespace Vae.Primitives;

/// <summary>Writes an animated PNG (APNG, now part of PNG 3): 8-bit grey or RGB frames of one size, played again and again.</summary>
/// <remarks>Readers that don't know animations show a single picture: the first frame, or the last.</remarks>
public static class AnimatedPng
{
    private const int MaxDelay = ushort.MaxValue;

    /// <param name="stream">Receives the file.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="channels">1 for grey, 3 for RGB.</param>
    /// <param name="frames">[height, width, channels] each, row-major.</param>
    /// <param name="delay">How long a frame stays, in ms, 1 to 65535.</param>
    /// <param name="pause">How long the last one stays; null: as long as the others.</param>
    /// <param name="stillIsLast">Whether readers that don't know animations show the last frame instead of the first.</param>
    public static void Write(
        Stream stream,
        int width,
        int height,
        int channels,
        IReadOnlyList<ReadOnlyMemory<byte>> frames,
        int delay,
        int? pause = null,
        bool stillIsLast = false
    )
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentOutOfRangeException.ThrowIfZero(frames.Count, nameof(frames));
        CheckDelay(delay);
        CheckDelay(pause ?? delay);
        foreach (var frame in frames)
        {
            Png.Check(width, height, channels, frame.Length);
        }

        Png.WriteStart(stream, width, height, channels);
        Png.WriteChunk(stream, [.. "acTL"u8, .. Bytes(frames.Count), .. Bytes(0)]); // 0: for ever
        if (stillIsLast)
        {
            // A picture without a frame control chunk before it is none of the animation.
            Png.WriteChunk(stream, [.. "IDAT"u8, .. Compressed(frames[^1])]);
        }

        var sequence = 0;
        for (var i = 0; i < frames.Count; i++)
        {
            var stays = i == frames.Count - 1 ? pause ?? delay : delay;
            Png.WriteChunk(stream, [.. "fcTL"u8, .. Bytes(sequence++), .. Control(width, height, stays)]);
            if (i == 0 && !stillIsLast)
            {
                Png.WriteChunk(stream, [.. "IDAT"u8, .. Compressed(frames[i])]);
            }
            else
            {
                Png.WriteChunk(stream, [.. "fdAT"u8, .. Bytes(sequence++), .. Compressed(frames[i])]);
            }
        }

        Png.WriteEnd(stream);

        ReadOnlySpan<byte> Compressed(ReadOnlyMemory<byte> frame) =>
            Png.Compress(width * channels, channels, frame.Span);
    }

    // The whole canvas, so many thousandths of a second, nothing disposed, nothing blended.
    private static byte[] Control(int width, int height, int milliseconds)
    {
        var control = new byte[22];
        BinaryPrimitives.WriteInt32BigEndian(control, width);
        BinaryPrimitives.WriteInt32BigEndian(control.AsSpan(4), height);
        BinaryPrimitives.WriteUInt16BigEndian(control.AsSpan(16), (ushort)milliseconds);
        BinaryPrimitives.WriteUInt16BigEndian(control.AsSpan(18), 1000);
        return control;
    }

    private static byte[] Bytes(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    private static void CheckDelay(int delay)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(delay);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, MaxDelay);
    }
}
