using System.Text;

namespace Vae.Experiments.Results;

/// <summary>One prepared statement of a connection.</summary>
internal sealed class DuckDbStatement : IDisposable
{
    private readonly nint connection;
    private readonly string sql;
    private nint handle;

    public DuckDbStatement(nint connection, string sql)
    {
        this.connection = connection;
        this.sql = sql;
        if (DuckDbApi.Prepare(connection, sql, out handle) != 0)
        {
            var message = DuckDb.Text(DuckDbApi.PrepareError(handle));
            Dispose();
            throw new DuckDbException(message);
        }
    }

    /// <summary>True for SELECT and what DuckDB rewrites to it, and for EXPLAIN.</summary>
    public bool OnlyReads =>
        DuckDbApi.PreparedType(handle) is DuckDbApi.StatementType.Select or DuckDbApi.StatementType.Explain;

    public QueryResult Execute(IReadOnlyList<object?> parameters)
    {
        if (WithPlainTypes() is { } plain)
        {
            using var statement = new DuckDbStatement(connection, plain);
            return statement.Execute(parameters);
        }
        Bind(parameters);
        var state = DuckDbApi.Execute(handle, out var result);
        try
        {
            return state == 0
                ? DuckDbRows.Read(ref result)
                : throw new DuckDbException(DuckDb.Text(DuckDbApi.ResultError(ref result)));
        }
        finally
        {
            DuckDbApi.DestroyResult(ref result);
        }
    }

    public void Dispose() => DuckDbApi.DestroyPrepare(ref handle);

    /// <summary>The same query with casts where a column's type is none that <see cref="DuckDbRows"/> reads; null when all are.</summary>
    private string? WithPlainTypes()
    {
        if (DuckDbApi.PreparedType(handle) != DuckDbApi.StatementType.Select)
        {
            return null;
        }
        var types = Enumerable
            .Range(0, (int)DuckDbApi.PreparedColumnCount(handle))
            .Select(column => DuckDbApi.PreparedColumnType(handle, (ulong)column))
            .ToList();
        if (types.All(DuckDbRows.Reads))
        {
            return null;
        }
        var columns = types.Select(
            (type, index) =>
                (DuckDbRows.Reads(type), type) switch
                {
                    (true, _) => $"#{index + 1}",
                    (false, DuckDbApi.ColumnType.Decimal or DuckDbApi.ColumnType.UHugeInt) => $"#{index + 1}::DOUBLE",
                    _ => $"#{index + 1}::VARCHAR",
                }
        );
        return $"SELECT {string.Join(", ", columns)} FROM (\n{sql.TrimEnd().TrimEnd(';')}\n)";
    }

    private void Bind(IReadOnlyList<object?> parameters)
    {
        var expected = (int)DuckDbApi.ParameterCount(handle);
        if (expected != parameters.Count)
        {
            throw new DuckDbException($"The statement takes {expected} parameters, {parameters.Count} are given.");
        }
        for (var i = 0; i < parameters.Count; i++)
        {
            if (BindValue((ulong)i + 1, parameters[i]) != 0)
            {
                throw new DuckDbException(
                    $"Parameter ${i + 1} is refused: {DuckDb.Text(DuckDbApi.PrepareError(handle))}"
                );
            }
        }
    }

    private unsafe int BindValue(ulong index, object? value)
    {
        switch (value)
        {
            case null:
                return DuckDbApi.BindNull(handle, index);
            case bool flag:
                return DuckDbApi.BindBoolean(handle, index, flag);
            case int number:
                return DuckDbApi.BindInt64(handle, index, number);
            case long number:
                return DuckDbApi.BindInt64(handle, index, number);
            case double number:
                return DuckDbApi.BindDouble(handle, index, number);
            case string text:
                var bytes = Encoding.UTF8.GetBytes(text);
                fixed (byte* start = bytes)
                {
                    return DuckDbApi.BindVarchar(handle, index, start, (ulong)bytes.Length);
                }
            default:
                throw new ArgumentException($"a {value.GetType().Name} cannot be a parameter", nameof(value));
        }
    }
}
