using Vae.Primitives;

namespace Vae.Experiments.Results;

/// <summary>Result tables as Parquet (zstd): written whole or not at all, with their schema even when empty.</summary>
/// <remarks>Row types are <see cref="MetricRow"/>, <see cref="EstimateRow"/>, <see cref="LogWeightRow"/>, <see cref="ClassPosteriorRow"/> and <see cref="SummaryRow"/>.</remarks>
public static class ResultTables
{
    /// <summary>Replaces the file by these rows.</summary>
    public static void Write<T>(string path, IEnumerable<T> rows)
        where T : class
    {
        using var database = new DuckDb();
        database.Query($"CREATE TABLE rows ({TableSchema<T>.Definition})");
        database.Append("rows", rows.Select(TableSchema<T>.Values));
        Store(database, path);
    }

    /// <summary>Makes the file of the database's table "rows".</summary>
    internal static void Store(DuckDb database, string path)
    {
        var temporary = AtomicFile.TemporaryFor(path);
        try
        {
            database.Query($"COPY rows TO {DuckDb.Literal(temporary)} (FORMAT parquet, COMPRESSION zstd)");
        }
        catch (ExperimentException) when (File.Exists(temporary))
        {
            File.Delete(temporary);
            throw;
        }
        AtomicFile.Commit(temporary, path);
    }

    /// <summary>The rows of such a file, in their order; null where an older file hasn't the column.</summary>
    public static IReadOnlyList<T> Read<T>(string path)
        where T : class
    {
        using var database = new DuckDb();
        database.Query($"CREATE TABLE today ({TableSchema<T>.Definition})");
        var result = database.Query(
            $"SELECT {TableSchema<T>.Selection} FROM (FROM today UNION ALL BY NAME FROM read_parquet($1))",
            DuckDb.NoGlob(path)
        );
        return [.. result.Rows.Select(TableSchema<T>.Row)];
    }

    /// <summary>Makes metrics.parquet and estimates.parquet of what the run's journal holds; what is measured again stands for the older number.</summary>
    public static void WriteFrom(Journal journal, RunDirectory run)
    {
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(run);
        var rows = journal.Read();
        Write(run.Metrics, Newest(rows.OfType<MetricRow>()));
        Write(run.Estimates, Newest(rows.OfType<EstimateRow>()));
    }

    /// <summary>The rows, of those that measure the same only the last.</summary>
    public static IReadOnlyList<MetricRow> Newest(IEnumerable<MetricRow> rows) =>
        [.. rows.GroupBy(r => (r.Step, r.Epoch, r.Split, r.Metric)).Select(made => made.Last())];

    /// <summary>As for metrics.</summary>
    public static IReadOnlyList<EstimateRow> Newest(IEnumerable<EstimateRow> rows) =>
        [
            .. rows.GroupBy(r => (r.Step, r.Split, r.Kind, r.Samples, r.Seed, r.Examples, r.Settings, r.PartOf))
                .Select(made => made.Last()),
        ];
}
