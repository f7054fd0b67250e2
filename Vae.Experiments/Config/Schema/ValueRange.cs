using System.Globalization;
using System.Text.RegularExpressions;

namespace Vae.Experiments.Config;

/// <summary>What a key's attribute allows of a single value, said once for errors and once for the documentation.</summary>
public static class ValueRange
{
    /// <summary>The words that a string or an enum may be; none when it is free.</summary>
    public static IReadOnlyList<string> Words(Type type, KeyAttribute key) =>
        type.IsEnum ? [.. Enum.GetNames(type).Select(Naming.Word)] : key.Words;

    /// <summary>Why a number is out of range, as "must be ..."; null when it is in range.</summary>
    public static string? Refuse(double number, KeyAttribute key) =>
        !double.IsFinite(number) ? "must be finite"
        : number < key.Min ? $"must be at least {Text(key.Min)}"
        : number > key.Max ? $"must be at most {Text(key.Max)}"
        : number <= key.Above ? $"must be greater than {Text(key.Above)}"
        : number >= key.Below ? $"must be less than {Text(key.Below)}"
        : null;

    /// <summary>Why a free string is refused, as "must be ..."; null when it is allowed.</summary>
    public static string? Refuse(string text, KeyAttribute key) =>
        key.Pattern is { } pattern && !Regex.IsMatch(text, $@"\A(?:{pattern})\z") ? $"must be {key.PatternDoc}" : null;

    /// <summary>A number of an attribute: 1, 0.5, 2147483647.</summary>
    public static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
