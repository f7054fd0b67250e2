using System.Globalization;

namespace Vae.Experiments.Config;

/// <summary>Reads a single value: an integer, a number, true or false, a string, or one of an enum's words.</summary>
internal static class ScalarReader
{
    /// <summary>The value as the type has it; null, and why, when it isn't one that the key allows.</summary>
    internal static object? Read(Type type, KeyAttribute key, TomlValue value, out string? why)
    {
        var scalar = (value as TomlScalar)?.Value;
        var words = ValueRange.Words(type, key);
        why = scalar switch
        {
            long number when type == typeof(int) => Found(RefuseInt(number, key), number),
            long or double when type == typeof(double) => Found(ValueRange.Refuse(Double(scalar), key), scalar),
            bool when type == typeof(bool) => null,
            string text when key.Zero is { } zero => text == zero ? null : Unknown(text, [zero]),
            string text when words.Count > 0 => words.Contains(text) ? null : Unknown(text, words),
            string text when type == typeof(string) => Found(ValueRange.Refuse(text, key), text),
            _ => $"expected {Expected(type, words, key.Zero)}, found {value.Describe()}",
        };
        return why is not null ? null
            : scalar is string && key.Zero is not null ? 0
            : type == typeof(int) ? (int)(long)scalar!
            : type == typeof(double) ? Double(scalar!)
            : type.IsEnum ? Enum.GetValues(type).GetValue(words.ToList().IndexOf((string)scalar!))
            : scalar;
    }

    /// <summary>Whether a value is an integer or a float.</summary>
    internal static bool IsNumber(TomlValue value) => value is TomlScalar { Value: long or double };

    private static string? RefuseInt(long number, KeyAttribute key) =>
        ValueRange.Refuse(number, key)
        ?? (number is < int.MinValue or > int.MaxValue ? $"must be between {int.MinValue} and {int.MaxValue}" : null);

    private static double Double(object number) => Convert.ToDouble(number, CultureInfo.InvariantCulture);

    private static string? Found(string? why, object found) =>
        why is null ? null : $"{why}, found {TomlText.Of(found)}";

    private static string Unknown(string text, IReadOnlyList<string> words) =>
        $"unknown value {TomlText.Of(text)}.{NearestName.Hint(text, words, '"')} Allowed: {Quoted(words)}.";

    private static string Expected(Type type, IReadOnlyList<string> words, string? zero) =>
        words.Count > 0 ? $"one of {Quoted(words)}"
        : type == typeof(int) ? (zero is null ? "an integer" : $"an integer or {TomlText.Of(zero)}")
        : type == typeof(double) ? "a number"
        : type == typeof(bool) ? "true or false"
        : "a string";

    private static string Quoted(IEnumerable<string> words) => string.Join(", ", words.Select(TomlText.Of));
}
