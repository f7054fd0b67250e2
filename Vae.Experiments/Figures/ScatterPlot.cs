namespace Vae.Experiments.Figures;

/// <summary>Points in the plane, coloured by class.</summary>
/// <remarks>The range shown leaves out the outermost 0.2 % on each side; the chart says how many points lie outside.</remarks>
public static class ScatterPlot
{
    private const double Tail = 0.002;
    private const double Dot = 5; // pixels

    /// <summary>Draws a chart of 1200 x 720 pixels; classes with a colour of their own come last in the list and lie below the others; the points of the classes take turns, so that none hides another.</summary>
    public static Canvas Render(string title, string xLabel, string yLabel, IReadOnlyList<Series> classes)
    {
        ArgumentNullException.ThrowIfNull(title);
        ArgumentNullException.ThrowIfNull(xLabel);
        ArgumentNullException.ThrowIfNull(yLabel);
        ArgumentNullException.ThrowIfNull(classes);
        int coloured = classes.Count(s => s.Colour is null);
        Curve[] groups = [.. classes.Select((s, i) => Curve.Of(s, s.Colour ?? Colour.OfClass(i, coloured)))];
        (double X, double Y)[] all = [.. groups.SelectMany(group => group.Points)];
        var (x, y) = (Range(all.Select(p => p.X), 8), Range(all.Select(p => p.Y), 7));
        var chart = new Chart(x, y, groups.Length > 1 ? groups : []);
        chart.DrawAxes(title, xLabel, yLabel);
        foreach (var group in groups.Where((_, i) => classes[i].Colour is not null))
        {
            Draw(group, group.Points);
        }

        groups = [.. groups.Where((_, i) => classes[i].Colour is null)];
        for (var turn = 0; turn < groups.Select(group => group.Points.Count).DefaultIfEmpty(0).Max(); turn++)
        {
            foreach (var group in groups.Where(group => turn < group.Points.Count))
            {
                Draw(group, [group.Points[turn]]);
            }
        }

        chart.DrawNote(all.Length, all.Count(p => p.X < x.Low || p.X > x.High || p.Y < y.Low || p.Y > y.High));
        return chart.Canvas;

        void Draw(Curve group, IEnumerable<(double X, double Y)> points)
        {
            foreach (var point in points)
            {
                chart.Canvas.Polyline([chart.Place(point)], group.Colour, Dot, chart.Plot);
            }
        }
    }

    private static Axis Range(IEnumerable<double> values, int ticks)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0)
        {
            return Axis.Of(0, 1, ticks);
        }

        var cut = (int)(Tail * sorted.Length);
        var (low, high) = (sorted[cut], sorted[^(cut + 1)]);
        var edge = 0.03 * (high - low);
        return Axis.Of(low - edge, high + edge, ticks);
    }
}
