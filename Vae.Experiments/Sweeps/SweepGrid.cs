using System.Globalization;
using Vae.Experiments.Config;

namespace Vae.Experiments.Sweeps;

/// <summary>The points of a sweep: every combination of the values that its words list, the last word's changing fastest.</summary>
/// <remarks>
/// A word is an override (a.b=v), one with several values (seed=1,2,3), or with a range as Hydra has it (seed=range(0,5): 0 to 4; range(0,1,0.25)). Commas within
/// brackets, braces and quotes belong to the value.
/// </remarks>
public static class SweepGrid
{
    private const int MostPoints = 10_000;

    /// <summary>The points, each a list of overrides.</summary>
    /// <exception cref="ExperimentException">A word isn't one, or there are too many points (exit code 2).</exception>
    public static IReadOnlyList<SweepPoint> Of(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        IReadOnlyList<SweepPoint> points = [new([], [])];
        foreach (string word in words)
        {
            string[] values = Values(word);
            if ((long)points.Count * values.Length > MostPoints)
            {
                throw Refuse(word, $"more than {MostPoints} runs");
            }

            points =
            [
                .. points.SelectMany(point => values.Select(value => point.With(word, value, values.Length > 1))),
            ];
        }

        return [.. points.DistinctBy(point => string.Join('\n', point.Overrides))];
    }

    private static string[] Values(string word)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            return [word]; // ~key
        }

        string text = word[(equals + 1)..].Trim();
        string[] values =
            text.StartsWith("range(", StringComparison.Ordinal) && text.EndsWith(')')
                ? Range(word, text["range(".Length..^1])
                : Split(word, text);
        return [.. values.Select(value => $"{word[..equals]}={value}")];
    }

    private static string[] Split(string word, string text)
    {
        var values = new List<string>();
        var (start, depth, quote) = (0, 0, '\0');
        for (int i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == ',' && depth == 0 && quote == '\0'))
            {
                values.Add(text[start..i].Trim());
                start = i + 1;
                continue;
            }

            char c = text[i];
            quote =
                quote == c ? '\0'
                : quote == '\0' && c is ('"' or '\'') ? c
                : quote;
            depth +=
                quote != '\0' ? 0
                : c is '[' or '{' or '(' ? 1
                : c is ']' or '}' or ')' ? -1
                : 0;
        }

        return values.Count > 1 && values.Contains("")
            ? throw Refuse(word, "a value is missing beside a comma")
            : [.. values];
    }

    private static string[] Range(string word, string inside)
    {
        decimal Number(string text) =>
            decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
                ? number
                : throw Refuse(word, $"'{text.Trim()}' is no number");
        decimal[] parts = [.. inside.Split(',').Select(Number)];
        var (from, to, step) = parts switch
        {
            [var last] => (0m, last, 1m),
            [var first, var last] => (first, last, 1m),
            [var first, var last, var by] => (first, last, by),
            _ => throw Refuse(word, "expected range(to), range(from,to) or range(from,to,step); the end isn't reached"),
        };
        if (step == 0 || (to - from) / step <= 0)
        {
            throw Refuse(word, "this range is empty");
        }

        if ((to - from) / step > MostPoints)
        {
            throw Refuse(word, $"more than {MostPoints} values");
        }

        var values = new List<string>();
        for (decimal value = from; step > 0 ? value < to : value > to; value += step)
        {
            values.Add(value.ToString(CultureInfo.InvariantCulture));
        }

        return [.. values];
    }

    private static ExperimentException Refuse(string word, string problem) =>
        new(ExitCode.Usage, $"sweep '{word}': {problem}");
}
