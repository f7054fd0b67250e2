namespace Vae.Experiments.Reports;

/// <summary>Fewer points of a long curve that look the same: of each piece, the lowest and the highest point, and both ends of the whole.</summary>
public static class Thinning
{
    /// <summary>At most so many (at least 4) of the points, in their order.</summary>
    public static IReadOnlyList<(double X, double Y)> Of(IReadOnlyList<(double X, double Y)> points, int most)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 4);
        if (points.Count <= most)
        {
            return points;
        }

        int pieces = (most - 2) / 2;
        int inner = points.Count - 2;
        IEnumerable<int> extremes = Enumerable
            .Range(0, pieces)
            .SelectMany(piece =>
            {
                int first = 1 + (int)((long)inner * piece / pieces);
                int end = 1 + (int)((long)inner * (piece + 1) / pieces);
                IEnumerable<int> indices = Enumerable.Range(first, end - first);
                int[] both = [indices.MinBy(i => points[i].Y), indices.MaxBy(i => points[i].Y)];
                return both.Distinct().Order();
            });
        return [points[0], .. extremes.Select(i => points[i]), points[^1]];
    }
}
