using System.Globalization;

namespace Vae.Experiments.Figures;

/// <summary>Curves over a common x axis, with title, legend, round ticks and a light grid.</summary>
/// <remarks>
/// The y axis shows the interesting range (<see cref="InterestingRange"/>), and the chart says how many points lie
/// outside. A curve of many points is drawn light, with its running mean over it. Gaps stay gaps.
/// </remarks>
public sealed class LineChart
{
    private const int Width = 1200;
    private const int Height = 720;
    private const int Margin = 28;
    private const int Dense = 120; // more points than this make a noisy band
    private const int Sparse = 40; // fewer points than this get a dot each
    private const double TitleSize = 1.6;
    private const double LabelSize = 1.2;

    private static readonly Colour gridColour = Colour.Grey(230);
    private static readonly Colour axisColour = Colour.Grey(120);
    private static readonly Colour quietText = Colour.Grey(100);

    private readonly Canvas canvas = new(Width, Height, Colour.White);
    private readonly IReadOnlyList<Curve> curves;
    private readonly Legend legend;
    private readonly Axis xAxis;
    private readonly Axis yAxis;
    private readonly Frame plot;
    private readonly Frame room; // of the curves: a dot at the first or last step isn't cut in half

    private LineChart(IReadOnlyList<Series> series)
    {
        curves = [.. series.Select((s, i) => Curve.Of(s, Colour.Palette[i % Colour.Palette.Count]))];
        double[] xs = [.. curves.SelectMany(curve => curve.Points.Select(p => p.X)).DefaultIfEmpty(0)];
        var (low, high) = InterestingRange.Of(curves.Select(curve => curve.Points));
        xAxis = Axis.Of(xs.Min(), xs.Max(), 8);
        yAxis = Axis.Of(low, high, 7).Rounded();
        legend = new Legend(curves, Width - (2 * Margin));
        var numbers = yAxis.Ticks.Max(tick => StrokeFont.Width(yAxis.Label(tick)));
        plot = new Frame(Margin + 26 + numbers + 8, Margin + 26 + legend.Height + 12, Width - Margin - 12, Height - 72);
        room = plot with { Left = plot.Left - 4, Right = plot.Right + 4 };
    }

    /// <summary>Draws a chart of 1200 x 720 pixels.</summary>
    public static Canvas Render(string title, string xLabel, string yLabel, IReadOnlyList<Series> series)
    {
        ArgumentNullException.ThrowIfNull(title);
        ArgumentNullException.ThrowIfNull(xLabel);
        ArgumentNullException.ThrowIfNull(yLabel);
        ArgumentNullException.ThrowIfNull(series);
        var chart = new LineChart(series);
        chart.DrawGrid();
        chart.DrawTexts(title, xLabel, yLabel);
        foreach (var curve in chart.curves)
        {
            chart.Draw(curve);
        }
        chart.DrawNotes();
        return chart.canvas;
    }

    private double X(double value) => plot.Left + (xAxis.Position(value) * (plot.Width - 1)) + 0.5;

    private double Y(double value) => plot.Bottom - (yAxis.Position(value) * (plot.Height - 1)) - 0.5;

    private void DrawGrid()
    {
        foreach (var tick in yAxis.Ticks)
        {
            var (y, label) = ((int)Y(tick), yAxis.Label(tick));
            canvas.Fill(plot.Left, y, plot.Width, 1, gridColour);
            canvas.Text(label, plot.Left - 9 - StrokeFont.Width(label), y + 5, Colour.Ink);
        }
        foreach (var tick in xAxis.Ticks)
        {
            var (x, label) = ((int)X(tick), xAxis.Label(tick));
            canvas.Fill(x, plot.Top, 1, plot.Height, gridColour);
            canvas.Fill(x, plot.Bottom, 1, 5, axisColour);
            canvas.Text(label, x - (StrokeFont.Width(label) / 2), plot.Bottom + 20, Colour.Ink);
        }
        canvas.Fill(plot.Left, plot.Top, 1, plot.Height, axisColour);
        canvas.Fill(plot.Left, plot.Bottom - 1, plot.Width, 1, axisColour);
    }

    private void DrawTexts(string title, string xLabel, string yLabel)
    {
        canvas.Text(Fit(title, TitleSize, Width - (2 * Margin)), Margin, Margin + 12, Colour.Ink, TitleSize);
        legend.Draw(canvas, Margin, Margin + 22);
        var x = Fit(xLabel, LabelSize, plot.Width);
        var y = Fit(yLabel, LabelSize, plot.Height);
        canvas.Text(x, plot.Left + ((plot.Width - Pixels(x)) / 2), Height - Margin, Colour.Ink, LabelSize);
        canvas.Text(y, Margin + 11, plot.Top + ((plot.Height + Pixels(y)) / 2), Colour.Ink, LabelSize, upward: true);

        static string Fit(string text, double size, int width) => StrokeFont.Fit(text, width / size);
        static int Pixels(string text) => (int)(StrokeFont.Width(text) * LabelSize);
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
        canvas.Polyline([.. run.Select(p => (X(p.X), Y(p.Y)))], colour, thickness, room);

    private void DrawNotes()
    {
        var points = curves.Sum(curve => curve.Points.Count);
        var outside = curves.Sum(curve => curve.Points.Count(p => p.Y < yAxis.Low || p.Y > yAxis.High));
        if (points == 0)
        {
            const string nothing = "no data";
            var x = plot.Left + ((plot.Width - StrokeFont.Width(nothing)) / 2);
            canvas.Text(nothing, x, (plot.Top + plot.Bottom) / 2, quietText);
        }
        else if (outside > 0)
        {
            var note = string.Create(
                CultureInfo.InvariantCulture,
                $"{outside:N0} of {points:N0} points lie outside the range shown"
            );
            canvas.Text(note, plot.Right - StrokeFont.Width(note), Height - Margin, quietText);
        }
    }
}
