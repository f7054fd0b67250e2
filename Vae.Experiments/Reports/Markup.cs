using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Vae.Experiments.Reports;

/// <summary>HTML, written as an interpolated string: what stands in holes is text and gets escaped, unless it is markup itself.</summary>
/// <example><c>Markup item = $"&lt;li&gt;{name}&lt;/li&gt;";</c></example>
[InterpolatedStringHandler]
public sealed class Markup
{
    private readonly StringBuilder html = new();

    /// <summary>Called by the compiler for an interpolated string.</summary>
    public Markup(int literalLength, int formattedCount) => html.EnsureCapacity(literalLength + 16 * formattedCount);

    private Markup(string html) => this.html.Append(html);

    /// <summary>Nothing.</summary>
    public static Markup Empty => new("");

    /// <summary>HTML that the program itself made, as it is.</summary>
    public static Markup Trusted(string html) => new(html);

    /// <summary>Called by the compiler.</summary>
    public void AppendLiteral(string literal) => html.Append(literal);

    /// <summary>Text, escaped; safe between tags and within double quotes.</summary>
    public void AppendFormatted(string? text) => html.Append(WebUtility.HtmlEncode(text));

    /// <summary>A number.</summary>
    public void AppendFormatted(long number) => html.Append(CultureInfo.InvariantCulture, $"{number}");

    /// <summary>A number with a format.</summary>
    public void AppendFormatted(double number, string format) =>
        AppendFormatted(number.ToString(format, CultureInfo.InvariantCulture));

    /// <summary>Markup.</summary>
    public void AppendFormatted(Markup markup) => html.Append(markup?.html);

    /// <summary>Markup, one after another.</summary>
    public void AppendFormatted(IEnumerable<Markup> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        foreach (Markup part in parts)
        {
            html.Append(part.html);
        }
    }

    /// <summary>The HTML.</summary>
    public override string ToString() => html.ToString();
}
