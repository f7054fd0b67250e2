using System.Globalization;
using System.Text;

namespace Vae.Experiments.Results;

/// <summary>A query's answer as aligned columns for people: numbers to the right, six significant digits, decimal points in line.</summary>
public static class TextTable
{
    /// <summary>The table, a line per row under a line of column names; a sentence when there are no rows.</summary>
    public static string Of(QueryResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (result.Rows.Count == 0)
        {
            return "(no rows)\n";
        }
        var columns = result
            .Columns.Select((name, index) => Column(name, [.. result.Rows.Select(row => row[index])]))
            .ToList();
        var text = new StringBuilder();
        for (var line = 0; line <= result.Rows.Count; line++)
        {
            text.Append(string.Join("  ", columns.Select(column => column[line])).TrimEnd()).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>The name and the cells of one column, all of one width.</summary>
    private static List<string> Column(string name, IReadOnlyList<object?> values)
    {
        var decimals = values.OfType<double>().Select(Decimals).DefaultIfEmpty(0).Max();
        var cells = values.Select(value => Cell(value, decimals)).Prepend(name).ToList();
        var width = cells.Max(cell => cell.Length);
        var right = values.Any(value => value is long or ulong or double);
        return [.. cells.Select(cell => right ? cell.PadLeft(width) : cell.PadRight(width))];
    }

    private static string Cell(object? value, int decimals) =>
        value switch
        {
            null => "",
            double number when IsPlain(number) => number.ToString($"F{decimals}", CultureInfo.InvariantCulture),
            double number => number.ToString("G6", CultureInfo.InvariantCulture),
            bool flag => flag ? "true" : "false",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!.ReplaceLineEndings(" "),
        };

    private static int Decimals(double number)
    {
        var text = IsPlain(number) ? number.ToString("G6", CultureInfo.InvariantCulture) : "";
        return text.Contains('.', StringComparison.Ordinal)
            ? text.Length - 1 - text.IndexOf('.', StringComparison.Ordinal)
            : 0;
    }

    /// <summary>Neither NaN nor infinite, nor of a size that wants an exponent.</summary>
    private static bool IsPlain(double number) => number == 0 || Math.Abs(number) is >= 1e-4 and < 1e6;
}
