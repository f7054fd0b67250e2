using System.Globalization;

namespace Vae.Experiments.Data;

/// <summary>How people write the digits: for each, a few ways; for each way, the strokes of the pen.</summary>
/// <remarks>
/// A stroke is a list of control points "x,y" in percent of the digit's box, y downwards; '!' marks a corner, '|' lifts the pen.
/// The curve passes through its points (Catmull–Rom) and turns sharply only at corners.
/// </remarks>
internal static class GlyphShapes
{
    private static readonly string[][] ways =
    [
        [
            "56,0 22,10 3,48 16,86 48,100 80,90 98,52 84,14 52,1",
            "70,6 38,3 12,26 5,60 20,92 50,100 80,86 95,50 84,16 60,3 50,12",
        ],
        [
            "50,0 50,50 50,100",
            "26,24 54,0! 54,50 54,100",
            "50,0 51,50 50,100",
            "28,22 52,0! 52,50 52,100! | 22,100 82,99",
        ],
        [
            "8,26 24,6 54,0 84,13 87,36 66,62 36,84 5,100! 50,97 100,98",
            "10,22 38,0 78,10 80,38 52,70 22,94 8,88 22,77 50,88 74,99 100,90",
            "14,12 44,0 78,8 86,32 60,66 8,98! 48,94 96,96",
        ],
        [
            "10,13 40,0 78,9 82,31 62,45 36,48! 70,52 95,72 80,93 45,100 5,88",
            "10,3 84,2! 42,40! 74,46 95,70 78,94 40,100 5,88",
            "14,10 46,0 76,12 74,34 44,46! 78,54 88,78 66,98 34,99 8,86",
        ],
        [
            "14,2 8,32 12,52 36,56 94,50 | 78,0 74,50 70,100",
            "68,0! 3,66! 100,64 | 68,0 67,50 66,100",
            "20,4 6,56! 96,58 | 72,20 68,60 66,100",
        ],
        [
            "20,2! 14,43! 46,36 84,48 90,74 66,97 30,100 2,88 | 20,2 90,0",
            "92,2 26,3! 17,44! 48,38 82,52 86,78 60,98 28,99 4,88",
        ],
        [
            "75,0 40,20 13,54 10,80 36,100 70,95 88,75 72,56 40,57 13,78",
            "84,8 60,0 26,24 6,62 20,94 54,100 84,85 80,61 50,51 14,70",
            "62,0 26,30 10,66 22,96 56,99 82,80 66,60 38,64 18,86",
        ],
        ["5,6 50,4 95,2! 66,45 40,100", "5,6 50,4 95,2! 66,45 42,100 | 30,50 86,47", "8,22 9,5! 94,3! 62,48 46,100"],
        [
            "78,14 50,0 18,14 25,36 55,50 85,72 75,95 45,100 12,90 15,68 45,50 75,33 82,15 68,3",
            "50,47 18,30 28,5 58,0 82,18 50,47 14,70 20,95 54,100 88,86 80,62 50,47",
        ],
        [
            "86,18 60,0 22,8 8,32 30,50 64,44 86,17! 84,52 74,100",
            "84,22 58,0 20,10 12,36 40,52 72,42 87,14! 90,52 74,88 42,100 12,90",
            "80,10 44,2 12,22 24,46 58,42 82,12! 74,52 60,100",
        ],
    ];

    private static readonly Stroke[][][] parsed =
    [
        .. ways.Select(digit => digit.Select(way => way.Split('|').Select(Parse).ToArray()).ToArray()),
    ];

    /// <summary>The ways to write a digit.</summary>
    public static IReadOnlyList<Stroke[]> Of(int digit) => parsed[digit];

    private static Stroke Parse(string text)
    {
        var points = text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(point => point.TrimEnd('!').Split(',').Select(Percent).ToArray())
            .ToArray();
        var corners = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(point => point.EndsWith('!'));
        return new([.. points.Select(point => point[0])], [.. points.Select(point => point[1])], [.. corners]);

        static double Percent(string number) => int.Parse(number, CultureInfo.InvariantCulture) / 100.0;
    }

    /// <summary>Control points of one stroke; x and y in [0, 1].</summary>
    internal sealed record Stroke(double[] X, double[] Y, bool[] Corner);
}
