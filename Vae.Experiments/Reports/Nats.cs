using System.Globalization;

namespace Vae.Experiments.Reports;

/// <summary>Numbers as people read them.</summary>
internal static class Nats
{
    /// <summary>"−103.31"; a dash for what isn't measured.</summary>
    public static string Of(double? value, string format = "F2") =>
        value is { } number
            ? number.ToString(format, CultureInfo.InvariantCulture).Replace('-', '−') // the minus sign
            : "–";

    /// <summary>"−104.10 … −102.52".</summary>
    public static string Interval(double? lower, double? upper) =>
        double.IsFinite(lower ?? double.NaN) && double.IsFinite(upper ?? double.NaN)
            ? $"{Of(lower)} … {Of(upper)}"
            : "–";

    /// <summary>"60,000".</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"47 min".</summary>
    public static string Time(double seconds) =>
        seconds switch
        {
            < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds:F0} s"),
            < 7200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:F0} min"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:F1} h"),
        };
}
