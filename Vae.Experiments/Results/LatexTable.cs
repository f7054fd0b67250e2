using System.Globalization;
using System.Text;

namespace Vae.Experiments.Results;

/// <summary>A query's answer as a LaTeX table of the booktabs package: numbers to the right, two decimals, text escaped.</summary>
public static class LatexTable
{
    /// <summary>The tabular environment.</summary>
    public static string Of(QueryResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var text = new StringBuilder("% \\usepackage{booktabs}\n\\begin{tabular}{");
        for (int column = 0; column < result.Columns.Count; column++)
        {
            text.Append(result.Rows.Any(row => row[column] is long or ulong or double) ? 'r' : 'l');
        }

        text.Append("}\n\\toprule\n");
        Line(text, result.Columns);
        text.Append("\\midrule\n");
        foreach (object?[] row in result.Rows)
        {
            Line(text, row);
        }

        return text.Append("\\bottomrule\n\\end{tabular}\n").ToString();
    }

    private static void Line(StringBuilder text, IEnumerable<object?> cells) =>
        text.AppendJoin(" & ", cells.Select(Cell)).Append(" \\\\\n");

    private static string Cell(object? value) =>
        value switch
        {
            null => "--",
            double number when double.IsFinite(number) => $"${number.ToString("F2", CultureInfo.InvariantCulture)}$",
            long or ulong => string.Create(CultureInfo.InvariantCulture, $"${value}$"),
            _ => Escaped(Convert.ToString(value, CultureInfo.InvariantCulture)!),
        };

    private static string Escaped(string text) =>
        string.Concat(
            text.Select(c =>
                c switch
                {
                    '\\' => "\\textbackslash{}",
                    '~' => "\\textasciitilde{}",
                    '^' => "\\textasciicircum{}",
                    '&' or '%' or '$' or '#' or '_' or '{' or '}' => $"\\{c}",
                    '\n' or '\r' => " ",
                    _ => c.ToString(),
                }
            )
        );
}
