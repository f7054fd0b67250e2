using Vae.Primitives;

namespace Vae.Experiments.Results;

/// <summary>A query's answer as a Parquet file (zstd), each column of the type of its values.</summary>
public static class ParquetTable
{
    /// <summary>Replaces the file.</summary>
    public static void Write(string path, QueryResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        using var database = new DuckDb();
        var columns = result.Columns.Select(
            (name, i) =>
                $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\" {TypeOf(result.Rows.Select(row => row[i]))}"
        );
        database.Query($"CREATE TABLE rows ({string.Join(", ", columns)})");
        database.Append("rows", result.Rows);
        ResultTables.Store(database, path);
    }

    private static string TypeOf(IEnumerable<object?> values) =>
        values.FirstOrDefault(value => value is not null) switch
        {
            long => "BIGINT",
            double => "DOUBLE",
            bool => "BOOLEAN",
            _ => "VARCHAR",
        };
}
