using Vae.Primitives;

namespace Vae.Inference.Pictures;

/// <summary>Pictures with values in [0, 1] side by side, filled row by row, as a PNG file.</summary>
/// <remarks>Values: [N, C, H, W], C = 1 (grey) or 3 (RGB); what lies outside [0, 1] is clamped, and what is no number is black.</remarks>
internal static class PictureGrid
{
    private const int Gap = 2;
    private const byte Background = 255;

    public static byte[] Png(ReadOnlySpan<float> values, ModelCardImage image, int columns, int scale)
    {
        var (channels, height, width) = ((int)image.Channels, (int)image.Height, (int)image.Width);
        int size = channels * height * width;
        int count = values.Length / size;
        columns = Math.Min(columns, count);
        int lines = (count + columns - 1) / columns;
        int across = columns * (width * scale + Gap) - Gap;
        int down = lines * (height * scale + Gap) - Gap;
        var pixels = new byte[across * down * channels];
        pixels.AsSpan().Fill(Background);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> picture = values.Slice(i * size, size);
            int left = i % columns * (width * scale + Gap);
            int top = i / columns * (height * scale + Gap);
            for (int y = 0; y < height * scale; y++)
            {
                for (int x = 0; x < width * scale; x++)
                {
                    for (int c = 0; c < channels; c++)
                    {
                        float value = picture[(c * height + y / scale) * width + x / scale];
                        pixels[((top + y) * across + left + x) * channels + c] = Level(value);
                    }
                }
            }
        }

        using var file = new MemoryStream();
        Vae.Primitives.Png.Write(file, across, down, channels, pixels);
        return file.ToArray();
    }

    private static byte Level(float value) =>
        float.IsNaN(value) ? (byte)0 : (byte)Math.Round(255 * Math.Clamp(value, 0f, 1f));
}
