using System.Text;
using static Vae.Experiments.Results.DuckDbApi;

namespace Vae.Experiments.Results;

/// <summary>Reads the vectors of a result: DuckDB hands out its rows in chunks of columns.</summary>
internal static class DuckDbRows
{
    /// <summary>Whether values of the type are read as they are; others are cast in SQL first.</summary>
    public static bool Reads(ColumnType type) =>
        type is (>= ColumnType.Boolean and <= ColumnType.Double) or ColumnType.HugeInt or ColumnType.Varchar;

    public static ColumnType[] Types(ref Result result)
    {
        var types = new ColumnType[ColumnCount(ref result)];
        for (var column = 0; column < types.Length; column++)
        {
            types[column] = TypeOf(ref result, (ulong)column);
        }
        return types;
    }

    /// <summary>The columns' names, made distinct: the second x of a join is x_1, as in DuckDB's own subqueries.</summary>
    public static IReadOnlyList<string> Names(ref Result result)
    {
        var names = new List<string>();
        for (var column = 0; column < (int)ColumnCount(ref result); column++)
        {
            var name = DuckDb.Text(ColumnName(ref result, (ulong)column));
            var distinct = name;
            for (var i = 1; names.Contains(distinct); i++)
            {
                distinct = $"{name}_{i}";
            }
            names.Add(distinct);
        }
        return names;
    }

    public static IReadOnlyList<object?[]> Read(Result result, ColumnType[] types)
    {
        var rows = new List<object?[]>();
        for (var chunk = FetchChunk(result); chunk != 0; chunk = FetchChunk(result))
        {
            ReadChunk(chunk, types, rows);
            DestroyChunk(ref chunk);
        }
        return rows;
    }

    private static void ReadChunk(nint chunk, ColumnType[] types, List<object?[]> rows)
    {
        var size = (int)ChunkSize(chunk);
        var first = rows.Count;
        for (var row = 0; row < size; row++)
        {
            rows.Add(new object?[types.Length]);
        }
        for (var column = 0; column < types.Length; column++)
        {
            ReadVector(ChunkVector(chunk, (ulong)column), types[column], rows, first, column);
        }
    }

    private static unsafe void ReadVector(nint vector, ColumnType type, List<object?[]> rows, int first, int column)
    {
        var data = (byte*)VectorData(vector);
        var validity = VectorValidity(vector); // null when no value is NULL; otherwise a bit per row
        for (var row = 0; row < rows.Count - first; row++)
        {
            var valid = validity == null || (validity[row / 64] >> (row % 64) & 1) == 1;
            rows[first + row][column] = valid ? ReadValue(data, row, type) : null;
        }
    }

    private static unsafe object ReadValue(byte* data, int row, ColumnType type) =>
        type switch
        {
            ColumnType.Boolean => data[row] != 0,
            ColumnType.TinyInt => (long)((sbyte*)data)[row],
            ColumnType.SmallInt => (long)((short*)data)[row],
            ColumnType.Integer => (long)((int*)data)[row],
            ColumnType.BigInt => ((long*)data)[row],
            ColumnType.UTinyInt => (long)data[row],
            ColumnType.USmallInt => (long)((ushort*)data)[row],
            ColumnType.UInteger => (long)((uint*)data)[row],
            ColumnType.UBigInt when IsLong(((ulong*)data)[row], 0) => ((long*)data)[row],
            ColumnType.UBigInt => ((ulong*)data)[row],
            ColumnType.Float => (double)((float*)data)[row],
            ColumnType.Double => ((double*)data)[row],
            ColumnType.HugeInt when IsLong(((ulong*)data)[2 * row], ((long*)data)[(2 * row) + 1]) => ((long*)data)[
                2 * row
            ],
            ColumnType.HugeInt => Wide(((ulong*)data)[2 * row], ((long*)data)[(2 * row) + 1]),
            ColumnType.Varchar => ReadString(data + (16 * row)),
            _ => throw new InvalidOperationException($"DuckDB's type {type} was not cast"),
        };

    /// <summary>The 128 bits of SUM; over 64 a double is what JSON's readers hold.</summary>
    private static double Wide(ulong low, long high) => (high * 18446744073709551616.0) + low;

    /// <summary>Whether 128 bits are the sign extension of their lower half, as nearly every SUM is.</summary>
    private static bool IsLong(ulong low, long high) => high == (long)low >> 63;

    /// <summary>duckdb_string_t: a length of 4 bytes, then up to 12 bytes of text, or 4 bytes of prefix and a pointer to it.</summary>
    private static unsafe string ReadString(byte* value)
    {
        var length = *(int*)value;
        return Encoding.UTF8.GetString(length <= 12 ? value + 4 : *(byte**)(value + 8), length);
    }
}
