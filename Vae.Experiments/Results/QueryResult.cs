using Vae.Experiments.Config;

namespace Vae.Experiments.Results;

/// <summary>What a query answers: column names, distinct ones, and rows of values.</summary>
/// <remarks>
/// A value is a long (every integer type), ulong (beyond long), double (FLOAT, DOUBLE, DECIMAL and integers beyond 64 bits), bool, string (VARCHAR,
/// and the text of every other type: timestamps, lists, ...) or null.
/// </remarks>
public sealed record QueryResult(IReadOnlyList<string> Columns, IReadOnlyList<object?[]> Rows)
{
    /// <summary>The values of one column.</summary>
    public IEnumerable<object?> this[string column]
    {
        get
        {
            var index = Columns.ToList().IndexOf(column);
            return index >= 0
                ? Rows.Select(row => row[index])
                : throw new ArgumentException(
                    $"no column '{column}' among {string.Join(", ", Columns)}",
                    nameof(column)
                );
        }
    }

    /// <summary>These columns, in this order.</summary>
    /// <exception cref="ExperimentException">One isn't there (exit code 2).</exception>
    public QueryResult Only(IReadOnlyList<string> columns)
    {
        int[] places = [.. columns.Select(Place)];
        return new QueryResult(columns, [.. Rows.Select(row => places.Select(place => row[place]).ToArray())]);
    }

    /// <summary>Ordered by a column, the largest first where its name has a - before it; what isn't known comes last.</summary>
    /// <exception cref="ExperimentException">It isn't there (exit code 2).</exception>
    public QueryResult SortedBy(string column)
    {
        ArgumentNullException.ThrowIfNull(column);
        bool falling = column.StartsWith('-');
        int place = Place(falling ? column[1..] : column);
        var known = Rows.Where(row => row[place] is not null);
        var sorted = falling
            ? known.OrderByDescending(row => row[place], Comparer<object?>.Default)
            : known.OrderBy(row => row[place], Comparer<object?>.Default);
        return this with { Rows = [.. sorted, .. Rows.Where(row => row[place] is null)] };
    }

    private int Place(string column) =>
        Columns.ToList().IndexOf(column) is >= 0 and var place
            ? place
            : throw new ExperimentException(
                ExitCode.Usage,
                $"no column '{column}'.{NearestName.Hint(column, Columns)} Columns: {string.Join(", ", Columns)}"
            );

    /// <summary>The rows as read by name.</summary>
    public IEnumerable<IReadOnlyDictionary<string, object?>> Records =>
        Rows.Select(row => Columns.Zip(row).ToDictionary(pair => pair.First, pair => pair.Second));
}
