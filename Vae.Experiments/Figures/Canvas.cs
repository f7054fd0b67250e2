using Vae.Primitives;

namespace Vae.Experiments.Figures;

/// <summary>An RGB raster to draw on; pixel (i, j) covers [i, i + 1] x [j, j + 1], y goes down, and what lies outside is cut off.</summary>
public sealed class Canvas
{
    private readonly byte[] pixels;

    /// <summary>A canvas of one colour.</summary>
    public Canvas(int width, int height, Colour background)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        (Width, Height) = (width, height);
        pixels = new byte[checked(3 * width * height)];
        Fill(0, 0, width, height, background);
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>[Height, Width, 3], row-major.</summary>
    public ReadOnlySpan<byte> Pixels => pixels;

    /// <summary>A pixel's colour.</summary>
    public Colour this[int x, int y]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)x, (uint)Width);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)y, (uint)Height);
            var at = 3 * ((y * Width) + x);
            return new Colour(pixels[at], pixels[at + 1], pixels[at + 2]);
        }
        private set
        {
            var at = 3 * ((y * Width) + x);
            (pixels[at], pixels[at + 1], pixels[at + 2]) = (value.R, value.G, value.B);
        }
    }

    /// <summary>Fills a rectangle.</summary>
    public void Fill(int x, int y, int width, int height, Colour colour)
    {
        var (right, bottom) = (Math.Min((long)x + width, Width), Math.Min((long)y + height, Height));
        for (var row = Math.Max(y, 0); row < bottom; row++)
        {
            for (var column = Math.Max(x, 0); column < right; column++)
            {
                this[column, row] = colour;
            }
        }
    }

    /// <summary>Draws an antialiased line with round ends through the points, in pixels; one point gives a dot.</summary>
    /// <param name="points">Finite coordinates.</param>
    /// <param name="colour">The line's colour.</param>
    /// <param name="thickness">In pixels.</param>
    /// <param name="clip">Draw only inside; the whole canvas when null.</param>
    public void Polyline(
        IReadOnlyList<(double X, double Y)> points,
        Colour colour,
        double thickness = 1,
        Frame? clip = null
    )
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count == 0)
        {
            return;
        }
        var reach = (thickness / 2) + 0.5;
        var area = (clip ?? new Frame(0, 0, Width, Height)).Within(
            points.Min(p => p.X) - reach,
            points.Min(p => p.Y) - reach,
            points.Max(p => p.X) + reach,
            points.Max(p => p.Y) + reach
        );
        area = area.Within(0, 0, Width, Height);
        if (area.Width <= 0 || area.Height <= 0)
        {
            return;
        }
        // Coverage first, colour once: where two segments meet, the line doesn't get darker.
        var coverage = new float[area.Width * area.Height];
        for (var i = Math.Min(1, points.Count - 1); i < points.Count; i++)
        {
            Cover(coverage, area, points[Math.Max(i - 1, 0)], points[i], reach);
        }
        for (var y = 0; y < area.Height; y++)
        {
            for (var x = 0; x < area.Width; x++)
            {
                if (coverage[(y * area.Width) + x] is > 0 and var opacity)
                {
                    this[area.Left + x, area.Top + y] = this[area.Left + x, area.Top + y].Under(colour, opacity);
                }
            }
        }
    }

    /// <summary>Writes a line of text; (x, y) is where its baseline begins.</summary>
    /// <param name="text">Printable ASCII; other characters become boxes.</param>
    /// <param name="x">Left end of the baseline (for upward text: the baseline's x).</param>
    /// <param name="y">The baseline (for upward text: the lower end).</param>
    /// <param name="colour">The text's colour.</param>
    /// <param name="size">Pixels per font unit: capitals are 9 units high.</param>
    /// <param name="upward">Rotates by a quarter turn, to read from bottom to top.</param>
    public void Text(string text, int x, int y, Colour colour, double size = 1, bool upward = false)
    {
        var thickness = Math.Max(1.1, 1.15 * size);
        foreach (var stroke in StrokeFont.Strokes(text))
        {
            // Half a pixel: at size 1 stems lie on pixel centres and are crisp.
            Polyline(
                [
                    .. stroke.Select(p =>
                        upward
                            ? (x - 0.5 + (p.Y * size), y - 0.5 - (p.X * size))
                            : (x + 0.5 + (p.X * size), y - 0.5 + (p.Y * size))
                    ),
                ],
                colour,
                thickness
            );
        }
    }

    /// <summary>Writes the picture as a PNG file, whole or not at all.</summary>
    public void Save(string path) => AtomicFile.Write(path, stream => Png.Write(stream, Width, Height, 3, pixels));

    // Visits, row by row, only the pixels near the part of the segment that passes this row.
    private static void Cover(
        float[] coverage,
        Frame area,
        (double X, double Y) a,
        (double X, double Y) b,
        double reach
    )
    {
        const double far = 1e6; // keeps the arithmetic exact; a pixel doesn't see the difference
        (a, b) = (a.Y <= b.Y ? (a, b) : (b, a));
        a = (Math.Clamp(a.X, -far, far), Math.Clamp(a.Y, -far, far));
        b = (Math.Clamp(b.X, -far, far), Math.Clamp(b.Y, -far, far));
        var (dx, dy) = (b.X - a.X, b.Y - a.Y);
        var squared = (dx * dx) + (dy * dy);
        var first = (int)Math.Max(Math.Floor(a.Y - reach), area.Top);
        var last = (int)Math.Min(Math.Ceiling(b.Y + reach), area.Bottom);
        for (var y = first; y < last; y++)
        {
            var from = dy > 0 ? Math.Clamp((y + 0.5 - reach - a.Y) / dy, 0, 1) : 0;
            var to = dy > 0 ? Math.Clamp((y + 0.5 + reach - a.Y) / dy, 0, 1) : 1;
            var (left, right) = (a.X + (Math.Min(from * dx, to * dx)), a.X + Math.Max(from * dx, to * dx));
            var begin = (int)Math.Max(Math.Floor(left - reach), area.Left);
            var end = (int)Math.Min(Math.Ceiling(right + reach), area.Right);
            for (var x = begin; x < end; x++)
            {
                var (px, py) = (x + 0.5 - a.X, y + 0.5 - a.Y);
                var t = squared > 0 ? Math.Clamp(((px * dx) + (py * dy)) / squared, 0, 1) : 0;
                var distance = Math.Sqrt(Square(px - (t * dx)) + Square(py - (t * dy)));
                ref var cell = ref coverage[((y - area.Top) * area.Width) + x - area.Left];
                cell = Math.Max(cell, (float)Math.Clamp(reach - distance, 0, 1));
            }
        }
    }

    private static double Square(double x) => x * x;
}
