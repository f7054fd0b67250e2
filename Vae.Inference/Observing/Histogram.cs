using System.Globalization;
using System.Text;

namespace Vae.Inference.Observing;

/// <summary>A histogram as Prometheus has it: how many values were at most each bound, their sum and their number. Its owner locks.</summary>
internal sealed class Histogram(params double[] bounds)
{
    private readonly long[] counts = new long[bounds.Length + 1];

    public double Sum { get; private set; }

    public long Count { get; private set; }

    /// <summary>Seconds from 50 µs to 10 s.</summary>
    public static Histogram OfSeconds() =>
        new(0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10);

    public void Add(double value)
    {
        int bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket])
        {
            bucket++;
        }

        counts[bucket]++;
        Sum += value;
        Count++;
    }

    public void Write(StringBuilder text, string name, string labels)
    {
        long below = 0;
        for (int i = 0; i <= bounds.Length; i++)
        {
            below += counts[i];
            string bound = i == bounds.Length ? "+Inf" : bounds[i].ToString(CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels},le=\"{bound}\"}} {below}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{name}_sum{{{labels}}} {Sum}\n");
        text.Append(CultureInfo.InvariantCulture, $"{name}_count{{{labels}}} {Count}\n");
    }
}
