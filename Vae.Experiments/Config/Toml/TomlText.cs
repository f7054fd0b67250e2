using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Vae.Experiments.Config;

/// <summary>Scalars as TOML writes them.</summary>
public static partial class TomlText
{
    /// <summary>A string, long, int, double or bool in TOML; reads back to the very same value.</summary>
    public static string Of(object value) =>
        value switch
        {
            string text => Quote(text),
            bool truth => truth ? "true" : "false",
            double number => Float(number),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => throw new ArgumentException($"{value.GetType().Name} is no scalar of TOML", nameof(value)),
        };

    // The shortest text that reads back to the same double: 0.001, 1e-8, 1.0.
    private static string Float(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        return !double.IsFinite(number)
                ? (
                    double.IsNaN(number) ? "nan"
                    : number > 0 ? "inf"
                    : "-inf"
                )
            : text.Contains('E', StringComparison.Ordinal)
                ? Exponent().Replace(text, m => m.Groups[1].Value == "-" ? "e-" : "e")
            : text.Contains('.', StringComparison.Ordinal) ? text
            : text + ".0";
    }

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < ' ' or '\u007f' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    [GeneratedRegex("E([+-])0*")]
    private static partial Regex Exponent();
}
