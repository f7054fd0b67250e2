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

    /// <summary>The rows as read by name.</summary>
    public IEnumerable<IReadOnlyDictionary<string, object?>> Records =>
        Rows.Select(row => Columns.Zip(row).ToDictionary(pair => pair.First, pair => pair.Second));
}
