using System.Globalization;

namespace Vae.Experiments.Training;

/// <summary>How long a training will take here, said after its first steps.</summary>
public static class Forecast
{
    /// <summary>The sentence: speed, the time of the steps left, and that of the validations left where one was timed.</summary>
    public static string Sentence(long stepsLeft, double stepSeconds, long validationsLeft, double? validationSeconds)
    {
        double training = stepsLeft * stepSeconds;
        string speed = string.Create(CultureInfo.InvariantCulture, $"{1 / stepSeconds:0.0} steps/s here");
        string steps = string.Create(
            CultureInfo.InvariantCulture,
            $"the {stepsLeft:N0} steps left take about {Words(training)}"
        );
        string rest =
            validationsLeft == 0 ? ""
            : validationSeconds is { } each
                ? $", {Count(validationsLeft)} about {Words(validationsLeft * each)}: {Words(training + validationsLeft * each)} in all"
            : $"; {Count(validationsLeft)} on top";
        return $"{speed}: {steps}{rest}";
    }

    /// <summary>A duration as one says it: "40 s", "12 min", "3 h 20 min", "2 d 4 h".</summary>
    public static string Words(double seconds)
    {
        if (seconds < 99.5)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s");
        }

        var (large, small, names) =
            seconds < 99.5 * 60 ? (0L, (long)Math.Round(seconds / 60), ("", "min"))
            : seconds < 48 * 3600 ? Split(seconds / 60, 60, ("h", "min"))
            : Split(seconds / 3600, 24, ("d", "h"));
        string rest = string.Create(CultureInfo.InvariantCulture, $"{small} {names.Item2}");
        return large == 0 ? rest : string.Create(CultureInfo.InvariantCulture, $"{large} {names.Item1} {rest}");
    }

    private static (long, long, (string, string)) Split(double small, long size, (string, string) names)
    {
        long whole = (long)Math.Round(small);
        return (whole / size, whole % size, names);
    }

    private static string Count(long validations) =>
        validations == 1
            ? "1 validation"
            : string.Create(CultureInfo.InvariantCulture, $"{validations:N0} validations");
}
