using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Vae.Experiments.Config;

/// <summary>
/// The value of an override: a number, true or false, a "quoted" or 'quoted' string, a list [1, 2], a table {a = 1} (or {a: 1}, as Hydra has it);
/// anything else is a string as it stands.
/// </summary>
public sealed partial class OverrideValue
{
    private const int deepest = 32;

    private readonly string text;
    private readonly Source source;
    private int at;

    private OverrideValue(string text, Source source) => (this.text, this.source) = (text, source);

    /// <summary>Reads a whole value.</summary>
    /// <exception cref="FormatException">Why it is none.</exception>
    public static TomlValue Parse(string text, Source source)
    {
        var parser = new OverrideValue(text, source);
        var value = parser.Value("", 0);
        return parser.at == text.Length
            ? value
            : throw new FormatException($"unexpected '{text[parser.at]}' after the value");
    }

    // ends: the characters that end a bare word here.
    private TomlValue Value(string ends, int depth)
    {
        if (depth > deepest)
        {
            throw new FormatException($"lists and tables are nested more than {deepest} deep");
        }

        Blanks();
        TomlValue value = Peek switch
        {
            '[' => List(depth),
            '{' => Table(depth),
            '"' or '\'' => new TomlScalar(Quoted(), source),
            _ => new TomlScalar(Bare(BareText(ends)), source),
        };
        Blanks();
        return value;
    }

    private TomlArray List(int depth)
    {
        var items = new List<TomlValue>();
        Elements(']', () => items.Add(Value(",]", depth + 1)));
        return new(items, source);
    }

    private TomlTable Table(int depth)
    {
        var table = new TomlTable(source);
        Elements(
            '}',
            () =>
            {
                Blanks();
                var key = Peek is '"' or '\'' ? Quoted() : BareText("=:,}");
                Blanks();
                if (key.Length == 0 || Peek is not ('=' or ':'))
                {
                    throw new FormatException("expected key = value between '{' and '}'");
                }

                if (table.Find(key) is not null)
                {
                    throw new FormatException($"key '{key}' is there twice");
                }

                at++;
                table.Set(new(key, source, Value(",}", depth + 1)));
            }
        );
        return table;
    }

    private void Elements(char close, Action element)
    {
        at++;
        Blanks();
        while (Peek != close)
        {
            element();
            if (Peek == ',')
            {
                at++;
                Blanks();
            }
            else if (Peek != close)
            {
                throw new FormatException($"expected ',' or '{close}'");
            }
        }

        at++;
    }

    private string Quoted()
    {
        var quote = text[at++];
        var read = new StringBuilder();
        for (; at < text.Length; at++)
        {
            if (text[at] == quote)
            {
                at++;
                return read.ToString();
            }

            if (text[at] == '\\' && at + 1 < text.Length && (text[at + 1] == quote || text[at + 1] == '\\'))
            {
                at++;
            }

            read.Append(text[at]);
        }

        throw new FormatException($"the quote {quote} is not closed");
    }

    private string BareText(string ends)
    {
        var start = at;
        while (at < text.Length && !ends.Contains(text[at], StringComparison.Ordinal))
        {
            at++;
        }

        return text[start..at].Trim();
    }

    private static object Bare(string word)
    {
        if (Integer().IsMatch(word))
        {
            return long.TryParse(
                word.Replace("_", "", StringComparison.Ordinal),
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var integer
            )
                ? integer
                : throw new FormatException($"{word} is too large for an integer");
        }

        return word switch
        {
            "true" => true,
            "false" => false,
            "inf" or "+inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            "nan" or "+nan" or "-nan" => double.NaN,
            _ when Float().IsMatch(word) => double.Parse(
                word.Replace("_", "", StringComparison.Ordinal),
                CultureInfo.InvariantCulture
            ),
            _ => word,
        };
    }

    private char Peek => at < text.Length ? text[at] : '\0';

    private void Blanks()
    {
        while (Peek is ' ' or '\t')
        {
            at++;
        }
    }

    [GeneratedRegex(@"\A[+-]?[0-9](_?[0-9])*\z")]
    private static partial Regex Integer();

    [GeneratedRegex(@"\A[+-]?([0-9](_?[0-9])*(\.([0-9](_?[0-9])*)?)?|\.[0-9](_?[0-9])*)([eE][+-]?[0-9]+)?\z")]
    private static partial Regex Float();
}
