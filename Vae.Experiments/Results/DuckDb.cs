using System.Runtime.InteropServices;
using System.Text;

namespace Vae.Experiments.Results;

/// <summary>A DuckDB database in memory: SQL over Parquet, CSV and JSON files, and a writer of Parquet.</summary>
/// <remarks>
/// One connection, not for several threads at once. It loads no extensions, so it never touches the network, and spills nothing to disk.
/// Failures are <see cref="ExperimentException"/>s with DuckDB's own message.
/// </remarks>
public sealed class DuckDb : IDisposable
{
    private nint database;
    private nint connection;

    /// <summary>Opens an empty database that uses so many threads.</summary>
    public DuckDb(int threads = 1)
    {
        DuckDbLibrary.EnsureLoaded();
        _ = DuckDbApi.CreateConfig(out var config);
        Set(config, "threads", threads.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Set(config, "autoinstall_known_extensions", "false");
        Set(config, "autoload_known_extensions", "false");
        Set(config, "temp_directory", "");
        var state = DuckDbApi.Open(null, out database, config, out var error);
        DuckDbApi.DestroyConfig(ref config);
        if (state != 0)
        {
            var message = Text(error);
            DuckDbApi.Free(error);
            throw new ExperimentException(ExitCode.Failure, $"DuckDB does not open: {message}");
        }
        if (DuckDbApi.Connect(database, out connection) != 0)
        {
            DuckDbApi.Close(ref database);
            throw new ExperimentException(ExitCode.Failure, "DuckDB does not connect");
        }
    }

    /// <summary>Runs one statement of ours; <c>$1</c>, <c>$2</c>, ... are the parameters (null, bool, integer, double or string).</summary>
    public QueryResult Query(string sql, params object?[] parameters)
    {
        try
        {
            using var statement = new DuckDbStatement(connection, sql);
            return statement.Execute(parameters);
        }
        catch (DuckDbException error)
        {
            throw new ExperimentException(ExitCode.Failure, error.Message, error);
        }
    }

    /// <summary>Answers a person's own question: one statement that only reads. Every failure is theirs (<see cref="ExitCode.Usage"/>).</summary>
    public QueryResult Ask(string sql)
    {
        try
        {
            using var statement = new DuckDbStatement(connection, sql);
            return statement.OnlyReads
                ? statement.Execute([])
                : throw new ExperimentException(
                    ExitCode.Usage,
                    "Only statements that read are answered here: SELECT, FROM, WITH, DESCRIBE or SUMMARIZE."
                );
        }
        catch (DuckDbException error)
        {
            throw new ExperimentException(ExitCode.Usage, error.Message, error);
        }
    }

    /// <summary>Appends rows to a table; integers, doubles, bools, strings and nulls in the order of its columns.</summary>
    public void Append(string table, IEnumerable<IReadOnlyList<object?>> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var made = DuckDbApi.CreateAppender(connection, null, table, out var appender) == 0;
        try
        {
            if (
                !made
                || !rows.All(row =>
                    row.All(value => AppendValue(appender, value) == 0) && DuckDbApi.EndRow(appender) == 0
                )
                || DuckDbApi.CloseAppender(appender) != 0
            )
            {
                var message = Text(DuckDbApi.AppenderError(appender));
                throw new ExperimentException(ExitCode.Failure, $"rows do not fit table {table}: {message}");
            }
        }
        finally
        {
            _ = DuckDbApi.DestroyAppender(ref appender);
        }
    }

    /// <summary>A string as SQL writes it, for the places where DuckDB takes no parameter (COPY, views).</summary>
    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A path for read_parquet and its like, which take *, ? and [ for a pattern.</summary>
    public static string NoGlob(string path) =>
        string.Concat(path.Select(letter => letter is '*' or '?' or '[' ? $"[{letter}]" : $"{letter}"));

    /// <inheritdoc/>
    public void Dispose()
    {
        DuckDbApi.Disconnect(ref connection);
        DuckDbApi.Close(ref database);
    }

    internal static string Text(nint utf8) => Marshal.PtrToStringUTF8(utf8) ?? "";

    private static void Set(nint config, string name, string value)
    {
        if (DuckDbApi.SetConfig(config, name, value) != 0)
        {
            throw new ExperimentException(ExitCode.Failure, $"DuckDB has no option {name} = '{value}'");
        }
    }

    private static unsafe int AppendValue(nint appender, object? value)
    {
        switch (value)
        {
            case null:
                return DuckDbApi.AppendNull(appender);
            case bool flag:
                return DuckDbApi.AppendBoolean(appender, flag);
            case int number:
                return DuckDbApi.AppendInt64(appender, number);
            case long number:
                return DuckDbApi.AppendInt64(appender, number);
            case double number:
                return DuckDbApi.AppendDouble(appender, number);
            case string text:
                var bytes = Encoding.UTF8.GetBytes(text);
                fixed (byte* start = bytes)
                {
                    return DuckDbApi.AppendVarchar(appender, start, (ulong)bytes.Length);
                }
            default:
                throw new ArgumentException($"a {value.GetType().Name} has no column type", nameof(value));
        }
    }
}
