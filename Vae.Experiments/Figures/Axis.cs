using System.Globalization;

namespace Vae.Experiments.Figures;

/// <summary>A range of values with round ticks: multiples of 1, 2 or 5 times a power of ten.</summary>
/// <param name="Low">The first value shown.</param>
/// <param name="High">The last value shown; above Low.</param>
/// <param name="Step">The distance of two ticks.</param>
public sealed record Axis(double Low, double High, double Step)
{
    // A span below this part of the values' size would be rounding noise, and so would one near the smallest numbers there are.
    private const double Resolution = 1e-6;
    private const double Smallest = 1e-290;

    /// <summary>The range from low to high, widened where they are (nearly) equal, with about so many ticks in it.</summary>
    public static Axis Of(double low, double high, int ticks)
    {
        if (!double.IsFinite(high - low) || low > high)
        {
            throw new ArgumentException($"[{low}, {high}] isn't a range.", nameof(low));
        }
        var size = Math.Max(Math.Abs(low), Math.Abs(high));
        if (high - low <= Math.Max(size * Resolution, Smallest))
        {
            var half = Math.Max(size * 0.05, 0.5);
            (low, high) = (low - half, high + half);
        }
        return new Axis(low, high, RoundStep((high - low) / ticks));
    }

    /// <summary>This range widened to whole steps, so that it begins and ends with a tick.</summary>
    public Axis Rounded() =>
        this with
        {
            Low = Math.Floor((Low / Step) + Slack) * Step,
            High = Math.Ceiling((High / Step) - Slack) * Step,
        };

    /// <summary>The ticks from Low to High, ascending.</summary>
    public IReadOnlyList<double> Ticks
    {
        get
        {
            var (first, last) = (Math.Ceiling((Low / Step) - Slack), Math.Floor((High / Step) + Slack));
            return [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * Step)];
        }
    }

    /// <summary>Where a value lies: 0 at Low, 1 at High.</summary>
    public double Position(double value) => (value - Low) / (High - Low);

    /// <summary>A tick as text, with as many digits as its neighbours need.</summary>
    public string Label(double tick)
    {
        var size = Math.Max(Math.Abs(Low), Math.Abs(High));
        if (Math.Abs(tick) < Step / 2)
        {
            return "0";
        }
        if (size >= 1e7 || Step < 1e-5)
        {
            var digits = (int)Math.Clamp(Math.Ceiling(Math.Log10(size / Step)), 0, 17);
            return tick.ToString($"0.{new string('#', digits)}e0", CultureInfo.InvariantCulture);
        }
        var decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(Step) + Slack));
        return tick.ToString($"N{decimals}", CultureInfo.InvariantCulture);
    }

    // Room for the last bits of a division.
    private const double Slack = 1e-9;

    private static double RoundStep(double rough)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return (rough / power) switch
        {
            < 1.5 => power,
            < 3.5 => 2 * power,
            < 7.5 => 5 * power,
            _ => 10 * power,
        };
    }
}
