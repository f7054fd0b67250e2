namespace Vae.Experiments.Figures;

/// <summary>Pictures with values in [0, 1] side by side, filled row by row.</summary>
/// <remarks>
/// images: [N, C, H, W], C = 1 (grey) or 3 (RGB). A value outside [0, 1] is clamped; one that isn't a number shows vermilion.
/// </remarks>
public static class ImageGrid
{
    private const int Gap = 2;
    private const int Margin = 8;

    // What isn't drawn yet.
    private static Colour Pale => Colour.Grey(215);

    /// <summary>A grid of <paramref name="count"/> pictures, for samples.</summary>
    /// <param name="images">[count, channels, height, width].</param>
    /// <param name="count">Number of pictures.</param>
    /// <param name="channels">1 for grey, 3 for RGB.</param>
    /// <param name="height">Rows of a picture.</param>
    /// <param name="width">Pixels in a row of a picture.</param>
    /// <param name="columns">Pictures side by side.</param>
    /// <param name="scale">Each value becomes a square of this many pixels.</param>
    /// <param name="rows">Show only the upper so many rows of each picture, the rest pale; null: all.</param>
    public static Canvas Render(
        ReadOnlySpan<float> images,
        int count,
        int channels,
        int height,
        int width,
        int columns,
        int scale = 2,
        int? rows = null
    )
    {
        Check(images, count, channels, height, width, columns, scale);
        columns = Math.Min(columns, count);
        var lines = (count + columns - 1) / columns;
        var (tileWidth, tileHeight) = (width * scale, height * scale);
        var shown = rows ?? height;
        var canvas = new Canvas(
            (2 * Margin) + (columns * (tileWidth + Gap)) - Gap,
            (2 * Margin) + (lines * (tileHeight + Gap)) - Gap,
            Colour.White
        );
        for (var i = 0; i < count; i++)
        {
            var x = Margin + (i % columns * (tileWidth + Gap));
            var y = Margin + (i / columns * (tileHeight + Gap));
            Draw(canvas, Image(images, i, channels, height, width), channels, height, width, x, y, scale);
            canvas.Fill(x, y + (shown * scale), tileWidth, (height - shown) * scale, Pale);
        }
        return canvas;
    }

    /// <summary>Rows of originals, each with the row of what a model makes of them right below it, labelled.</summary>
    /// <param name="originals">[count, channels, height, width].</param>
    /// <param name="reconstructions">The same shape.</param>
    /// <param name="count">Number of pairs.</param>
    /// <param name="channels">1 for grey, 3 for RGB.</param>
    /// <param name="height">Rows of a picture.</param>
    /// <param name="width">Pixels in a row of a picture.</param>
    /// <param name="columns">Pairs side by side.</param>
    /// <param name="scale">Each value becomes a square of this many pixels.</param>
    /// <param name="below">What the model's are called.</param>
    public static Canvas Pairs(
        ReadOnlySpan<float> originals,
        ReadOnlySpan<float> reconstructions,
        int count,
        int channels,
        int height,
        int width,
        int columns,
        int scale = 2,
        string below = "reconstruction"
    )
    {
        const string above = "original";
        const int betweenPairs = 10;
        Check(originals, count, channels, height, width, columns, scale);
        Check(reconstructions, count, channels, height, width, columns, scale);
        columns = Math.Min(columns, count);
        var rows = (count + columns - 1) / columns;
        var (tileWidth, tileHeight) = (width * scale, height * scale);
        var line = Math.Max(tileHeight, StrokeFont.CapHeight + 5); // a row is never lower than its label
        var pair = (2 * line) + Gap + betweenPairs;
        var left = Margin + StrokeFont.Width(below) + Margin;
        var canvas = new Canvas(
            left + (columns * (tileWidth + Gap)) - Gap + Margin,
            (2 * Margin) + (rows * pair) - betweenPairs,
            Colour.White
        );
        for (var row = 0; row < rows; row++)
        {
            var top = Margin + (row * pair);
            Label(above, top);
            Label(below, top + line + Gap);
        }
        for (var i = 0; i < count; i++)
        {
            var x = left + (i % columns * (tileWidth + Gap));
            var y = Margin + (i / columns * pair);
            Draw(canvas, Image(originals, i, channels, height, width), channels, height, width, x, y, scale);
            y += line + Gap;
            Draw(canvas, Image(reconstructions, i, channels, height, width), channels, height, width, x, y, scale);
        }
        return canvas;

        void Label(string text, int top) =>
            canvas.Text(
                text,
                left - Margin - StrokeFont.Width(text),
                top + ((tileHeight + StrokeFont.CapHeight) / 2),
                Colour.Ink
            );
    }

    /// <summary>Rows of pictures, each row behind its label.</summary>
    /// <param name="images">[labels · columns, channels, height, width].</param>
    /// <param name="labels">A label for each row.</param>
    /// <param name="channels">1 for grey, 3 for RGB.</param>
    /// <param name="height">Rows of a picture.</param>
    /// <param name="width">Pixels in a row of a picture.</param>
    /// <param name="columns">Pictures side by side.</param>
    /// <param name="scale">Each value becomes a square of this many pixels.</param>
    public static Canvas Rows(
        ReadOnlySpan<float> images,
        IReadOnlyList<string> labels,
        int channels,
        int height,
        int width,
        int columns,
        int scale = 2
    )
    {
        ArgumentNullException.ThrowIfNull(labels);
        Check(images, labels.Count * columns, channels, height, width, columns, scale);
        var (tileWidth, tileHeight) = (width * scale, height * scale);
        var line = Math.Max(tileHeight, StrokeFont.CapHeight + 5);
        var left = Margin + labels.Max(StrokeFont.Width) + Margin;
        var canvas = new Canvas(
            left + (columns * (tileWidth + Gap)) - Gap + Margin,
            (2 * Margin) + (labels.Count * (line + Gap)) - Gap,
            Colour.White
        );
        for (var row = 0; row < labels.Count; row++)
        {
            var y = Margin + (row * (line + Gap));
            canvas.Text(
                labels[row],
                left - Margin - StrokeFont.Width(labels[row]),
                y + ((tileHeight + StrokeFont.CapHeight) / 2),
                Colour.Ink
            );
            for (var column = 0; column < columns; column++)
            {
                var image = Image(images, (row * columns) + column, channels, height, width);
                Draw(canvas, image, channels, height, width, left + (column * (tileWidth + Gap)), y, scale);
            }
        }

        return canvas;
    }

    private static ReadOnlySpan<float> Image(ReadOnlySpan<float> images, int i, int channels, int height, int width) =>
        images.Slice(i * channels * height * width, channels * height * width);

    private static void Draw(
        Canvas canvas,
        ReadOnlySpan<float> image,
        int channels,
        int height,
        int width,
        int left,
        int top,
        int scale
    )
    {
        var plane = height * width;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var at = (y * width) + x;
                var (r, g, b) =
                    channels == 1
                        ? (image[at], image[at], image[at])
                        : (image[at], image[at + plane], image[at + (2 * plane)]);
                var colour = float.IsNaN(r + g + b) ? Colour.Palette[1] : new Colour(Level(r), Level(g), Level(b));
                canvas.Fill(left + (x * scale), top + (y * scale), scale, scale, colour);
            }
        }
    }

    private static byte Level(float value) => (byte)Math.Round(255 * Math.Clamp(value, 0f, 1f));

    private static void Check(
        ReadOnlySpan<float> images,
        int count,
        int channels,
        int height,
        int width,
        int columns,
        int scale
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        if (channels is not (1 or 3))
        {
            throw new ArgumentOutOfRangeException(
                nameof(channels),
                channels,
                "A picture has 1 (grey) or 3 (RGB) channels."
            );
        }
        if ((Int128)count * channels * height * width != images.Length)
        {
            throw new ArgumentException(
                $"[{count}, {channels}, {height}, {width}] pictures don't have {images.Length} values.",
                nameof(images)
            );
        }
    }
}
