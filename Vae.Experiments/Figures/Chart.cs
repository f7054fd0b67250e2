namespace Vae.Experiments.Figures;

/// <summary>What every chart has: a canvas of 1200 x 720 pixels, two axes with a light grid, title, labels and legend.</summary>
internal sealed class Chart
{
    private const int Width = 1200;
    private const int Height = 720;
    private const double TitleSize = 1.6;
    private const double LabelSize = 1.2;

    private static readonly Colour gridColour = Colour.Grey(230);
    private static readonly Colour axisColour = Colour.Grey(120);
    private static readonly Colour quietText = Colour.Grey(100);

    private readonly Axis xAxis;
    private readonly Axis yAxis;
    private readonly Legend legend;

    public Chart(Axis xAxis, Axis yAxis, IReadOnlyList<Curve> curves)
    {
        (this.xAxis, this.yAxis) = (xAxis, yAxis);
        legend = new Legend(curves, Width - (2 * Margin));
        var numbers = yAxis.Ticks.Max(tick => StrokeFont.Width(yAxis.Label(tick)));
        Plot = new Frame(Margin + 26 + numbers + 8, Margin + 26 + legend.Height + 12, Width - Margin - 12, Height - 72);
    }

    /// <summary>Pixels around everything.</summary>
    public const int Margin = 28;

    /// <summary>What it's drawn on.</summary>
    public Canvas Canvas { get; } = new(Width, Height, Colour.White);

    /// <summary>The rectangle between the axes.</summary>
    public Frame Plot { get; }

    /// <summary>Where a value lies on the canvas.</summary>
    public (double X, double Y) Place((double X, double Y) value) =>
        (
            Plot.Left + (xAxis.Position(value.X) * (Plot.Width - 1)) + 0.5,
            Plot.Bottom - (yAxis.Position(value.Y) * (Plot.Height - 1)) - 0.5
        );

    /// <summary>Grid, axes and all texts.</summary>
    public void DrawAxes(string title, string xLabel, string yLabel)
    {
        foreach (var tick in yAxis.Ticks)
        {
            var (y, label) = ((int)Place((xAxis.Low, tick)).Y, yAxis.Label(tick));
            Canvas.Fill(Plot.Left, y, Plot.Width, 1, gridColour);
            Canvas.Text(label, Plot.Left - 9 - StrokeFont.Width(label), y + 5, Colour.Ink);
        }
        foreach (var tick in xAxis.Ticks)
        {
            var (x, label) = ((int)Place((tick, yAxis.Low)).X, xAxis.Label(tick));
            Canvas.Fill(x, Plot.Top, 1, Plot.Height, gridColour);
            Canvas.Fill(x, Plot.Bottom, 1, 5, axisColour);
            Canvas.Text(label, x - (StrokeFont.Width(label) / 2), Plot.Bottom + 20, Colour.Ink);
        }
        Canvas.Fill(Plot.Left, Plot.Top, 1, Plot.Height, axisColour);
        Canvas.Fill(Plot.Left, Plot.Bottom - 1, Plot.Width, 1, axisColour);
        Canvas.Text(Fit(title, TitleSize, Width - (2 * Margin)), Margin, Margin + 12, Colour.Ink, TitleSize);
        legend.Draw(Canvas, Margin, Margin + 22);
        var below = Fit(xLabel, LabelSize, Plot.Width);
        var beside = Fit(yLabel, LabelSize, Plot.Height);
        Canvas.Text(below, Plot.Left + ((Plot.Width - Pixels(below)) / 2), Height - Margin, Colour.Ink, LabelSize);
        Canvas.Text(
            beside,
            Margin + 11,
            Plot.Top + ((Plot.Height + Pixels(beside)) / 2),
            Colour.Ink,
            LabelSize,
            upward: true
        );

        static string Fit(string text, double size, int width) => StrokeFont.Fit(text, width / size);
        static int Pixels(string text) => (int)(StrokeFont.Width(text) * LabelSize);
    }

    /// <summary>Says that there's nothing to draw, or how many points lie outside the range shown.</summary>
    public void DrawNote(int points, int outside)
    {
        if (points == 0)
        {
            const string nothing = "no data";
            var x = Plot.Left + ((Plot.Width - StrokeFont.Width(nothing)) / 2);
            Canvas.Text(nothing, x, (Plot.Top + Plot.Bottom) / 2, quietText);
        }
        else if (outside > 0)
        {
            var note = FormattableString.Invariant($"{outside:N0} of {points:N0} points lie outside the range shown");
            Canvas.Text(note, Plot.Right - StrokeFont.Width(note), Height - Margin, quietText);
        }
    }
}
