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

    /// <summary>True for SELECT and what DuckDB rewrites to it; EXPLAIN ANALYZE would carry out a COPY.</summary>
    public bool OnlyReads => DuckDbApi.PreparedType(handle) == DuckDbApi.StatementType.Select;

    public QueryResult Execute(IReadOnlyList<object?> parameters)
    {
        Bind(parameters);
        var state = DuckDbApi.Execute(handle, out var result);
        try
        {
            if (state != 0)
            {
                throw new DuckDbException(DuckDb.Text(DuckDbApi.ResultError(ref result)));
            }
            var names = DuckDbRows.Names(ref result);
            var types = DuckDbRows.Types(ref result);
            return new QueryResult(
                names,
                types.All(DuckDbRows.Reads) ? DuckDbRows.Read(result, types) : WithCasts(types, parameters)
            );
        }
        finally
        {
            DuckDbApi.DestroyResult(ref result);
        }
    }

    public void Dispose() => DuckDbApi.DestroyPrepare(ref handle);

    /// <summary>Asks again, with casts of the types that <see cref="DuckDbRows"/> doesn't read: DuckDB knows their text best.</summary>
    private IReadOnlyList<object?[]> WithCasts(DuckDbApi.ColumnType[] types, IReadOnlyList<object?> parameters)
    {
        var columns = types.Select(
            (type, index) =>
                type switch
                {
                    _ when DuckDbRows.Reads(type) => $"#{index + 1}",
                    DuckDbApi.ColumnType.Decimal or DuckDbApi.ColumnType.UHugeInt => $"#{index + 1}::DOUBLE",
                    _ => $"#{index + 1}::VARCHAR",
                }
        );
        using var statement = new DuckDbStatement(
            connection,
            $"SELECT {string.Join(", ", columns)} FROM (\n{sql.TrimEnd().TrimEnd(';')}\n)"
        );
        return statement.Execute(parameters).Rows;
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
