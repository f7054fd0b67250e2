namespace Vae.Experiments.Figures;

/// <summary>The range of y in which learning curves tell something: without the first steps' plunge and without spikes.</summary>
/// <remarks>
/// Of each curve, points in the first twentieth of the x range, and beyond Tukey's far fences (quartiles ∓ 3 times
/// their distance; Exploratory Data Analysis, 1977) are left out, as long as enough points stay.
/// When the whole range is less than twice as wide, it is shown whole.
/// </remarks>
public static class InterestingRange
{
    private const double Start = 0.05;
    private const double Fence = 3;
    private const int Enough = 4;

    /// <summary>The range of y; (0, 1) when there is no point. All coordinates are finite.</summary>
    public static (double Low, double High) Of(IEnumerable<IReadOnlyList<(double X, double Y)>> curves)
    {
        IReadOnlyList<(double X, double Y)>[] all = [.. curves.Where(points => points.Count > 0)];
        if (all.Length == 0)
        {
            return (0, 1);
        }
        var first = all.Min(points => points.Min(p => p.X));
        var last = all.Max(points => points.Max(p => p.X));
        var whole = Extent(all.SelectMany(points => points.Select(p => p.Y)));
        var core = Extent(all.SelectMany(points => Core(points, first + (Start * (last - first)))));
        return whole.High - whole.Low <= 2 * (core.High - core.Low) ? whole : core;
    }

    private static IEnumerable<double> Core(IReadOnlyList<(double X, double Y)> points, double start)
    {
        double[] all = [.. points.Select(p => p.Y)];
        double[] later = [.. points.Where(p => p.X >= start).Select(p => p.Y)];
        var values = later.Length >= Enough ? later : all;
        if (values.Length < Enough)
        {
            return values;
        }
        double[] sorted = [.. values.Order()];
        var (lower, upper) = (sorted[sorted.Length / 4], sorted[sorted.Length - 1 - (sorted.Length / 4)]);
        var reach = Fence * (upper - lower);
        return values.Where(y => y >= lower - reach && y <= upper + reach);
    }

    private static (double Low, double High) Extent(IEnumerable<double> values) =>
        values.Aggregate(
            (Low: double.PositiveInfinity, High: double.NegativeInfinity),
            (range, y) => (Math.Min(range.Low, y), Math.Max(range.High, y))
        );
}
