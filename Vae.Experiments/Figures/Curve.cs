namespace Vae.Experiments.Figures;

/// <summary>A series as it is drawn: its colour and the runs of points between its gaps, all of them finite.</summary>
internal sealed record Curve(string Name, Colour Colour, IReadOnlyList<IReadOnlyList<(double X, double Y)>> Runs)
{
    // Counts as not finite, so that no difference overflows.
    private const double Beyond = 1e100;

    /// <summary>All points that can be drawn.</summary>
    public IReadOnlyList<(double X, double Y)> Points { get; } = [.. Runs.SelectMany(run => run)];

    /// <summary>Splits a series at its gaps.</summary>
    public static Curve Of(Series series, Colour colour)
    {
        List<List<(double X, double Y)>> runs =
        [
            [],
        ];
        foreach (var point in series.Points)
        {
            if (Math.Abs(point.X) < Beyond && Math.Abs(point.Y) < Beyond) // false for NaN
            {
                runs[^1].Add(point);
            }
            else if (runs[^1].Count > 0)
            {
                runs.Add([]);
            }
        }
        return new Curve(series.Name, colour, [.. runs.Where(run => run.Count > 0)]);
    }

    /// <summary>The runs as centred running means over a fortieth of the points to either side; fewer at the ends.</summary>
    public IEnumerable<IReadOnlyList<(double X, double Y)>> Smoothed()
    {
        var half = Points.Count / 40;
        foreach (var run in Runs)
        {
            var sums = new double[run.Count + 1];
            for (var i = 0; i < run.Count; i++)
            {
                sums[i + 1] = sums[i] + run[i].Y;
            }
            yield return
            [
                .. run.Select(
                    (point, i) =>
                    {
                        var (first, end) = (Math.Max(i - half, 0), Math.Min(i + half + 1, run.Count));
                        return (point.X, (sums[end] - sums[first]) / (end - first));
                    }
                ),
            ];
        }
    }
}
