using Vae.Experiments.Results;

namespace Vae.Experiments.Evaluation;

/// <summary>log_weights.parquet: one row for each kind of estimate and example.</summary>
public static class LogWeightTable
{
    /// <summary>Writes the table with new rows; those of the same step, split, kind, K, settings, seed and example are replaced.</summary>
    public static void Merge(string path, IReadOnlyList<LogWeightRow> rows)
    {
        HashSet<object> made = [.. rows.Select(Key)];
        IEnumerable<LogWeightRow> kept = File.Exists(path)
            ? ResultTables.Read<LogWeightRow>(path).Where(r => !made.Contains(Key(r)))
            : [];
        ResultTables.Write(path, [.. kept, .. rows]);
    }

    private static object Key(LogWeightRow row) =>
        (row.Step, row.Split, row.Kind, row.Samples, row.Seed, row.Index, row.Settings);
}
