using System.Runtime.CompilerServices;

namespace Vae.Experiments.Data;

/// <summary>Draws strokes of one thickness into a square grey picture, antialiased.</summary>
/// <remarks>
/// A pixel's grey value falls linearly from 255 to 0 while its distance from the stroke's middle line grows by one soft
/// edge. Only +, −, ×, ÷ and √ are used, so every machine draws the same bytes.
/// </remarks>
internal sealed class GlyphPen(int side)
{
    private const int Pieces = 6; // straight pieces for a curve between two control points
    private const double Edge = 1.25; // pixels
    private readonly double[] distance = new double[side * side]; // squared, from the nearest stroke

    /// <summary>Takes a clean sheet.</summary>
    public void Clear() => Array.Fill(distance, double.MaxValue);

    /// <summary>Draws the curve through these points, in pixels, sharp at corners.</summary>
    /// <param name="x">From the left; 0 is the middle of the first column.</param>
    /// <param name="y">From the top.</param>
    /// <param name="corner">Where the curve may break.</param>
    /// <param name="reach">The farthest distance that leaves a trace.</param>
    public void Draw(ReadOnlySpan<double> x, ReadOnlySpan<double> y, ReadOnlySpan<bool> corner, double reach)
    {
        for (var i = 0; i + 1 < x.Length; i++)
        {
            // Catmull–Rom: the tangent at a point is half the way between its neighbours; at an end or a corner the point is its own neighbour.
            var before = i == 0 || corner[i] ? i : i - 1;
            var after = i + 2 == x.Length || corner[i + 1] ? i + 1 : i + 2;
            var (fromX, fromY) = (x[i], y[i]);
            for (var piece = 1; piece <= Pieces; piece++)
            {
                var t = piece / (double)Pieces;
                var toX = Curve(x[before], x[i], x[i + 1], x[after], t);
                var toY = Curve(y[before], y[i], y[i + 1], y[after], t);
                Line(fromX, fromY, toX, toY, reach);
                (fromX, fromY) = (toX, toY);
            }
        }
    }

    /// <summary>Writes the picture.</summary>
    public void Develop(Span<byte> pixels, double halfThickness)
    {
        for (var i = 0; i < pixels.Length; i++)
        {
            var ink = distance[i] == double.MaxValue ? 0 : (halfThickness + (Edge / 2) - Math.Sqrt(distance[i])) / Edge;
            pixels[i] = (byte)((255 * Math.Clamp(ink, 0, 1)) + 0.5);
        }
    }

    /// <summary>The distance from the middle line that a stroke of this thickness reaches.</summary>
    public static double Reach(double halfThickness) => halfThickness + (Edge / 2);

    private static double Curve(double p0, double p1, double p2, double p3, double t) =>
        p1 + (t * ((p2 - p0) + (t * ((2 * p0) - (5 * p1) + (4 * p2) - p3 + (t * ((3 * (p1 - p2)) + p3 - p0))))) / 2);

    // Most of the time goes here, at once and for a second only: too short for tiered compilation.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Line(double x0, double y0, double x1, double y1, double reach)
    {
        var (left, right) = Span(x0, x1, reach);
        var (top, bottom) = Span(y0, y1, reach);
        var (dx, dy) = (x1 - x0, y1 - y0);
        var scale = 1 / Math.Max((dx * dx) + (dy * dy), 1e-12);
        for (var row = top; row <= bottom; row++)
        {
            for (var column = left; column <= right; column++)
            {
                var (px, py) = (column - x0, row - y0);
                var t = ((px * dx) + (py * dy)) * scale;
                t =
                    t < 0 ? 0
                    : t > 1 ? 1
                    : t;
                var (ex, ey) = (px - (t * dx), py - (t * dy));
                var square = (ex * ex) + (ey * ey);
                ref var best = ref distance[(row * side) + column];
                if (square < best)
                {
                    best = square;
                }
            }
        }
    }

    private (int First, int Last) Span(double a, double b, double reach) =>
        (
            Math.Max(0, (int)Math.Ceiling(Math.Min(a, b) - reach)),
            Math.Min(side - 1, (int)Math.Floor(Math.Max(a, b) + reach))
        );
}
