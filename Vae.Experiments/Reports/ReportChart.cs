using System.Globalization;
using System.Text.Json;
using Vae.Experiments.Figures;

namespace Vae.Experiments.Reports;

/// <summary>Curves as inline SVG, whose labels are HTML so that they keep their size; the numbers stand beside for report.js to show under the pointer.</summary>
public static class ReportChart
{
    private const int MostPoints = 2000;
    private const int Dense = 120; // more points than this make a noisy band, with its running mean over it
    private const double Size = 1000; // of the SVG's own coordinates

    /// <summary>A figure of the curves; nothing where there is no point.</summary>
    public static Markup Of(string title, string unit, IEnumerable<Series> series)
    {
        Curve[] curves = [.. series.Select(s => Curve.Of(s, Colour.Ink)).Where(c => c.Points.Count > 0).Select(Thin)];
        if (curves.Length == 0)
        {
            return Markup.Empty;
        }

        double[] xs = [.. curves.SelectMany(c => c.Points.Select(p => p.X))];
        var (low, high) = InterestingRange.Of(curves.Select(c => c.Points));
        Axis x = Axis.Of(xs.Min(), xs.Max(), 5);
        Axis y = Axis.Of(low, high, 6).Rounded();
        long outside = curves.Sum(c => c.Points.Count(p => p.Y < y.Low || p.Y > y.High));
        return $"""
            <figure class="curves">
            <figcaption>{title} <span class="unit">{unit}</span></figcaption>
            <ul class="legend">{curves.Select((c, i) => (Markup)$"<li class=\"s{i}\">{c.Name}</li>")}</ul>
            <div class="plot" tabindex="0" role="img" aria-label="{title} over the steps. The arrow keys move along the curves.">
            <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
            <path class="grid" d="{Grid(x, y)}"/>
            {curves.Select((c, i) => Lines(c, i, x, y))}
            </svg>
            {y.Ticks.Select(t =>
                (Markup)$"<span class=\"y\" style=\"top:{100 * (1 - y.Position(t)):0.##}%\">{Minus(y.Label(t))}</span>"
            )}
            {x.Ticks.Select(t =>
                (Markup)$"<span class=\"x\" style=\"left:{100 * x.Position(t):0.##}%\">{x.Label(t)}</span>"
            )}
            <i class="cursor" hidden></i><div class="tip" aria-live="polite" hidden></div>
            </div>
            {(outside > 0 ? (Markup)$"<p class=\"note\">{outside} points lie outside.</p>" : Markup.Empty)}
            <script type="application/json">{Markup.Trusted(Data(curves, x, y))}</script>
            </figure>

            """;
    }

    private static string Minus(string label) => label.Replace('-', '−');

    private static Curve Thin(Curve curve)
    {
        int count = curve.Points.Count;
        return curve with
        {
            Runs =
            [
                .. curve.Runs.Select(run => Thinning.Of(run, Math.Max(4, (int)((long)MostPoints * run.Count / count)))),
            ],
        };
    }

    private static string Grid(Axis x, Axis y) =>
        string.Concat([
            .. y.Ticks.Select(t => Text($"M0 {Size * (1 - y.Position(t)):0.#}H{Size}")),
            .. x.Ticks.Select(t => Text($"M{Size * x.Position(t):0.#} 0V{Size}")),
        ]);

    private static Markup Lines(Curve curve, int i, Axis x, Axis y)
    {
        bool dense = curve.Points.Count > Dense;
        Markup band = $"<path class=\"curve {(dense ? "band " : "")}s{i}\" d=\"{Path(curve.Runs, x, y)}\"/>";
        return dense ? $"{band}<path class=\"curve s{i}\" d=\"{Path(curve.Smoothed(), x, y)}\"/>" : band;
    }

    // A run of a single point is a line of no length, which round caps make a dot.
    private static string Path(IEnumerable<IReadOnlyList<(double X, double Y)>> runs, Axis x, Axis y) =>
        string.Concat(
            runs.SelectMany(run =>
                (run.Count == 1 ? [run[0], run[0]] : run).Select(
                    (p, i) =>
                        Text($"{(i == 0 ? 'M' : 'L')}{Size * x.Position(p.X):0.#} {Size * (1 - y.Position(p.Y)):0.#}")
                )
            )
        );

    private static string Data(Curve[] curves, Axis x, Axis y) =>
        JsonSerializer.Serialize(
            new
            {
                x = new[] { x.Low, x.High },
                y = new[] { y.Low, y.High },
                curves = curves.Select(c => new
                {
                    name = c.Name,
                    points = c.Points.Select(p => new[] { p.X, Rounded(p.Y) }),
                }),
            }
        ); // System.Text.Json escapes <, > and &, so a name can't end the script

    private static double Rounded(double value) =>
        double.Parse(value.ToString("G7", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
