namespace Vae.Experiments.Figures;

/// <summary>A small sans-serif font for printable ASCII, drawn with a pen: each glyph is a few strokes on a grid.</summary>
/// <remarks>
/// Units: capitals are 9 high, lower-case letters 6, descenders 3. A glyph reads: its width, then strokes as points of
/// two hexadecimal digits, x and y; y goes down from the capitals' top (0) over the baseline (9) to the descenders (c).
/// A stroke that begins with '~' is a quadratic B-spline with these control points, with 'o' a closed one.
/// </remarks>
public static class StrokeFont
{
    private const int Baseline = 9;
    private const int Spacing = 2;
    private const string Unknown = "5 0050590900";

    private static readonly string[] glyphs =
    [
        "2", // space
        "0 0006 0809", // !
        "2 0003 2023", // "
        "6 2019 5049 0363 0666", // #
        "6 ~6260000465690907 303a", // $
        "8 o00303404 7019 o55858959", // %
        "7 ~791310505305095975", // &
        "0 0003", // '
        "2 ~2003082b", // (
        "2 ~0023280b", // )
        "4 2026 0145 4105", // *
        "6 3339 0666", // +
        "1 180b", // ,
        "4 0545", // -
        "0 0809", // .
        "4 400a", // /
        "5 o00505909", // 0
        "5 123039", // 1
        "5 ~0200505409 0959", // 2
        "5 ~0200505424 ~2454590907", // 3
        "5 49400656", // 4
        "5 500004 ~041353590907", // 5
        "5 ~51400006 o04545909", // 6
        "5 005029", // 7
        "5 o00505404 o04545909", // 8
        "5 o00505505 ~08195953", // 9
        "0 0405 0809", // :
        "1 1415 180b", // ;
        "5 530659", // <
        "5 0454 0757", // =
        "5 035609", // >
        "5 ~020050542426 2829", // ?
        "8 ~7a0a0080886863 o33636838", // @
        "6 093069 1656", // A
        "6 0900 ~003050543404 ~043464693909", // B
        "6 ~626000096967", // C
        "6 0900 ~002060692909", // D
        "5 50000959 0444", // E
        "5 500009 0444", // F
        "6 ~626000096965 6535", // G
        "6 0009 6069 0464", // H
        "0 0009", // I
        "4 ~4045490907", // J
        "6 0009 6006 2469", // K
        "5 000959", // L
        "8 0900468089", // M
        "6 09006960", // N
        "7 o00707909", // O
        "6 0900 ~003060653505", // P
        "7 o00707909 477a", // Q
        "6 0900 ~003060653505 3569", // R
        "6 ~6260000465690907", // S
        "6 0060 3039", // T
        "6 ~000509696560", // U
        "6 003960", // V
        "8 0029426980", // W
        "6 0069 6009", // X
        "6 003460 3439", // Y
        "6 00600969", // Z
        "2 20000b2b", // [
        "4 004a", // \
        "2 00202b0b", // ]
        "4 032043", // ^
        "5 0b5b", // _
        "2 0012", // `
        "5 ~0503535659 ~562606093957", // a
        "5 0009 o03535909", // b
        "5 ~555303095957", // c
        "5 5059 o03535909", // d
        "5 0656 ~565303095958", // e
        "4 ~40101419 0333", // f
        "5 o03535909 ~53595c0c0b", // g
        "5 0009 ~0603535659", // h
        "0 0309 0001", // i
        "2 ~23292c0c 2021", // j
        "5 0009 5307 2559", // k
        "0 0009", // l
        "8 0309 ~0603434649 ~4643838689", // m
        "5 0309 ~0603535659", // n
        "5 o03535909", // o
        "5 030c o03535909", // p
        "5 535c o03535909", // q
        "3 0309 ~060333", // r
        "5 ~5453030656590908", // s
        "4 ~11161949 0343", // t
        "5 5359 ~0306095956", // u
        "4 032943", // v
        "8 0329436983", // w
        "5 0359 5309", // x
        "4 0329 431c", // y
        "5 03530959", // z
        "3 ~30101505 ~05151b3b", // {
        "0 000b", // |
        "3 ~00202535 ~35252b0b", // }
        "6 ~0714365865", // ~
    ];

    /// <summary>The height of capitals and digits, in units.</summary>
    public static int CapHeight => Baseline;

    /// <summary>A line's width in units, from the first glyph's left edge to the last one's right edge.</summary>
    public static int Width(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length == 0 ? 0 : text.Sum(c => WidthOf(Glyph(c)) + 1 + Spacing) - Spacing;
    }

    /// <summary>The text, or as much of its beginning as fits, with dots behind it.</summary>
    public static string Fit(string text, double width)
    {
        ArgumentNullException.ThrowIfNull(text);
        var kept = text.Length;
        while (kept > 0 && Width(Shown()) > width)
        {
            kept--;
        }
        return Shown();

        string Shown() => kept == text.Length ? text : text[..kept] + "...";
    }

    /// <summary>The pen's ways in units: x from the line's left edge, y down from the baseline.</summary>
    public static IEnumerable<IReadOnlyList<(double X, double Y)>> Strokes(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var left = 0;
        foreach (var glyph in text.Select(Glyph))
        {
            foreach (var stroke in glyph.Split(' ').Skip(1))
            {
                yield return [.. Stroke(stroke).Select(p => (left + p.X, p.Y - Baseline))];
            }
            left += WidthOf(glyph) + 1 + Spacing;
        }
    }

    private static string Glyph(char character) =>
        character - ' ' is >= 0 and var index && index < glyphs.Length ? glyphs[index] : Unknown;

    private static int WidthOf(string glyph) => glyph[0] - '0';

    private static List<(double X, double Y)> Stroke(string stroke)
    {
        List<(double X, double Y)> points =
        [
            .. stroke
                .TrimStart('~', 'o')
                .Chunk(2)
                .Select(pair => ((double)Convert.ToInt32($"{pair[0]}", 16), (double)Convert.ToInt32($"{pair[1]}", 16))),
        ];
        return stroke[0] switch
        {
            '~' => CutCorners(CutCorners(CutCorners(points, false), false), false),
            'o' => CutCorners(CutCorners(CutCorners([.. points, points[0]], true), true), true),
            _ => points,
        };
    }

    // Chaikin 1974, "An algorithm for high-speed curve generation": it converges to the quadratic B-spline.
    private static List<(double X, double Y)> CutCorners(List<(double X, double Y)> points, bool closed)
    {
        List<(double X, double Y)> cut = [];
        for (var i = 1; i < points.Count; i++)
        {
            cut.Add(Between(points[i - 1], points[i], 0.25));
            cut.Add(Between(points[i - 1], points[i], 0.75));
        }
        return closed ? [.. cut, cut[0]] : [points[0], .. cut[1..^1], points[^1]];
    }

    private static (double X, double Y) Between((double X, double Y) a, (double X, double Y) b, double t) =>
        (a.X + (t * (b.X - a.X)), a.Y + (t * (b.Y - a.Y)));
}
