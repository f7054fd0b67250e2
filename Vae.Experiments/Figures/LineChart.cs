namespace Vae.Experiments.Figures;

/// <summary>Curves over a common x axis, with title, legend, round ticks and a light grid.</summary>
/// <remarks>
/// The y axis shows the interesting range (<see cref="InterestingRange"/>), and the chart says how many points lie
/// outside. A curve of many points is drawn light, with its running mean over it. Gaps stay gaps.
/// </remarks>
public sealed class LineChart
{
    private const int Dense = 120; // more points than this make a noisy band
    private const int Sparse = 40; // fewer points than this get a dot each

    private readonly IReadOnlyList<Curve> curves;
    private readonly Axis yAxis;
    private readonly Chart chart;
    private readonly Frame room; // of the curves: a dot at the first or last step isn't cut in half

    private LineChart(IReadOnlyList<Series> series)
    {
        curves = [.. series.Select((s, i) => Curve.Of(s, Colour.Palette[i % Colour.Palette.Count]))];
        double[] xs = [.. curves.SelectMany(curve => curve.Points.Select(p => p.X)).DefaultIfEmpty(0)];
        var (low, high) = InterestingRange.Of(curves.Select(curve => curve.Points));
        yAxis = Axis.Of(low, high, 7).Rounded();
        chart = new Chart(Axis.Of(xs.Min(), xs.Max(), 8), yAxis, curves);
        room = chart.Plot with { Left = chart.Plot.Left - 4, Right = chart.Plot.Right + 4 };
    }

    /// <summary>Draws a chart of 1200 x 720 pixels.</summary>
    public static Canvas Render(string title, string xLabel, string yLabel, IReadOnlyList<Series> series)
    {
        ArgumentNullException.ThrowIfNull(title);
        ArgumentNullException.ThrowIfNull(xLabel);
        ArgumentNullException.ThrowIfNull(yLabel);
        ArgumentNullException.ThrowIfNull(series);
        var lines = new LineChart(series);
        lines.chart.DrawAxes(title, xLabel, yLabel);
        foreach (var curve in lines.curves)
        {
            lines.Draw(curve);
        }
        lines.chart.DrawNote(
            lines.curves.Sum(curve => curve.Points.Count),
            lines.curves.Sum(curve => curve.Points.Count(p => p.Y < lines.yAxis.Low || p.Y > lines.yAxis.High))
        );
        return lines.chart.Canvas;
    }

    private void Draw(Curve curve)
    {
        var dense = curve.Points.Count > Dense;
        var dots = curve.Points.Count < Sparse;
        foreach (var run in curve.Runs)
        {
            var colour = dense ? Colour.White.Under(curve.Colour, 0.3) : curve.Colour;
            Stroke(run, colour, dense ? 1 : 2);
            foreach (var point in dots ? run : [])
            {
                Stroke([point], colour, 6);
            }
        }
        foreach (var run in dense ? curve.Smoothed() : [])
        {
            Stroke(run, curve.Colour, 2);
        }
    }

    private void Stroke(IReadOnlyList<(double X, double Y)> run, Colour colour, double thickness) =>
        chart.Canvas.Polyline([.. run.Select(chart.Place)], colour, thickness, room);
}
