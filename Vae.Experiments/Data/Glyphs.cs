using Vae.Primitives;
using Stroke = Vae.Experiments.Data.GlyphShapes.Stroke;

namespace Vae.Experiments.Data;

/// <summary>Digits that the program writes itself: 28×28 grey, labelled, for machines without network.</summary>
/// <remarks>
/// Image i of a split is a pure function of (seed, split, i): a digit, one of the ways to write it (GlyphShapes), its control
/// points moved by a smooth random field, and a random width, slant, rotation, size, place and thickness of the pen.
/// As in MNIST the digit fills a box of 20×20 pixels in the middle.
/// </remarks>
public static class Glyphs
{
    /// <summary>The name in a config.</summary>
    public const string Name = "glyphs";

    /// <summary>Whose it is.</summary>
    public const string Licence = "MIT, drawn by this program";

    private const int Side = 28;
    private const double Box = 20; // pixels

    /// <summary>Draws all three splits.</summary>
    public static Dataset Load(int trainSize, int validSize, int testSize, uint seed, Binarisation binarisation)
    {
        var train = Draw("train", 0, trainSize, seed);
        var valid = Draw("valid", 1, validSize, seed);
        var test = Draw("test", 2, testSize, seed);
        var sha256 = ContentHash.Of(train, valid, test);
        return new(Name, [1, Side, Side], binarisation, train, valid, test, Licence, sha256);
    }

    private static Split Draw(string name, uint split, int count, uint seed)
    {
        var key = new PhiloxKey(seed, Philox.StreamOf(Name));
        var pixels = new byte[count * Side * Side];
        var labels = new int[count];
        var pen = new GlyphPen(Side);
        for (var i = 0; i < count; i++)
        {
            var dice = new GlyphDice(key, split, (uint)i);
            var digit = dice.Below(10);
            labels[i] = digit;
            Draw(digit, pen, dice, pixels.AsSpan(i * Side * Side, Side * Side));
        }

        return new(name, count, pixels, null, labels);
    }

    private static void Draw(int digit, GlyphPen pen, GlyphDice dice, Span<byte> pixels)
    {
        var ways = GlyphShapes.Of(digit);
        var strokes = ways[dice.Below(ways.Count)];
        var half = dice.Around(1.2, 0.45);
        var (x, y) = Bend(strokes, dice);
        Place(x, y, Box - (2 * half), dice);

        pen.Clear();
        var start = 0;
        foreach (var corner in strokes.Select(stroke => stroke.Corner))
        {
            pen.Draw(x.AsSpan(start, corner.Length), y.AsSpan(start, corner.Length), corner, GlyphPen.Reach(half));
            start += corner.Length;
        }

        pen.Develop(pixels, half);
    }

    /// <summary>The control points of all strokes, moved by a field that is random at 4×4 knots and bilinear between them, so that what touches goes on touching.</summary>
    private static (double[] X, double[] Y) Bend(Stroke[] strokes, GlyphDice dice)
    {
        const int knots = 4;
        const double strength = 0.13;
        var (fieldX, fieldY) = (new double[knots * knots], new double[knots * knots]);
        for (var knot = 0; knot < knots * knots; knot++)
        {
            (fieldX[knot], fieldY[knot]) = (dice.Around(0, strength), dice.Around(0, strength));
        }

        double[] x = [.. strokes.SelectMany(stroke => stroke.X)];
        double[] y = [.. strokes.SelectMany(stroke => stroke.Y)];
        for (var i = 0; i < x.Length; i++)
        {
            var (u, v) = (x[i] * (knots - 1), y[i] * (knots - 1));
            var (column, row) = (Math.Min((int)u, knots - 2), Math.Min((int)v, knots - 2));
            var (a, b) = (u - column, v - row);
            x[i] += Between(fieldX, row, column, a, b);
            y[i] += Between(fieldY, row, column, a, b);
        }

        return (x, y);

        static double Between(double[] field, int row, int column, double a, double b)
        {
            var at = (row * knots) + column;
            var upper = ((1 - a) * field[at]) + (a * field[at + 1]);
            var lower = ((1 - a) * field[at + knots]) + (a * field[at + knots + 1]);
            return ((1 - b) * upper) + (b * lower);
        }
    }

    /// <summary>From the digit's own box to pixels: narrowed, slanted, rotated, scaled to the room there is, centred, shifted a little.</summary>
    private static void Place(double[] x, double[] y, double room, GlyphDice dice)
    {
        var width = dice.Around(0.7, 0.18);
        var slant = dice.Around(0.12, 0.3);
        var tangent = dice.Around(0, 0.09); // of half the angle: ±10°, and no libm
        var cosine = (1 - (tangent * tangent)) / (1 + (tangent * tangent));
        var sine = 2 * tangent / (1 + (tangent * tangent));
        for (var i = 0; i < x.Length; i++)
        {
            var (u, v) = (((x[i] - 0.5) * width) - ((y[i] - 0.5) * slant), y[i] - 0.5);
            (x[i], y[i]) = ((cosine * u) - (sine * v), (sine * u) + (cosine * v));
        }

        var (left, right, top, bottom) = (x.Min(), x.Max(), y.Min(), y.Max());
        var scale = room / Math.Max(right - left, bottom - top) * dice.Around(0.97, 0.07);
        var (middleX, middleY) = ((left + right) / 2, (top + bottom) / 2);
        var (centreX, centreY) = (dice.Around((Side - 1) / 2.0, 1), dice.Around((Side - 1) / 2.0, 1));
        for (var i = 0; i < x.Length; i++)
        {
            (x[i], y[i]) = (centreX + (scale * (x[i] - middleX)), centreY + (scale * (y[i] - middleY)));
        }
    }
}
