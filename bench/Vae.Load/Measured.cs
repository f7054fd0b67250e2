namespace Vae.Load;

/// <summary>What some clients saw: how many answers in how long, how many wrong, and the latencies in milliseconds.</summary>
internal sealed record Measured(double Seconds, long Wrong, double[] Sorted)
{
    public double PerSecond => Sorted.Length / Seconds;

    public double Quantile(double q) => Sorted.Length == 0 ? 0 : Sorted[(int)(q * (Sorted.Length - 1))];

    public static Measured Of(double seconds, long wrong, IEnumerable<double> latencies)
    {
        double[] sorted = [.. latencies];
        Array.Sort(sorted);
        return new Measured(seconds, wrong, sorted);
    }

    /// <summary>Clients that ask again as soon as they are answered, for some time.</summary>
    public static async Task<Measured> RunAsync(int clients, TimeSpan time, Func<int, int, Task<bool>> ask)
    {
        long wrong = 0;
        var begin = System.Diagnostics.Stopwatch.StartNew();
        List<double>[] all = await Task.WhenAll(
            Enumerable
                .Range(0, clients)
                .Select(client =>
                    OnThread(async () =>
                    {
                        var latencies = new List<double>();
                        for (int i = 0; begin.Elapsed < time; i++)
                        {
                            long sent = System.Diagnostics.Stopwatch.GetTimestamp();
                            bool right = await ask(client, i);
                            latencies.Add(System.Diagnostics.Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                            Interlocked.Add(ref wrong, right ? 0 : 1);
                        }

                        return latencies;
                    })
                )
        );
        return Of(begin.Elapsed.TotalSeconds, wrong, all.SelectMany(l => l));
    }

    // A thread for each client, since some wait for their answers without giving it back.
    private static Task<T> OnThread<T>(Func<Task<T>> client) =>
        Task.Factory.StartNew(client, TaskCreationOptions.LongRunning).Unwrap();
}
