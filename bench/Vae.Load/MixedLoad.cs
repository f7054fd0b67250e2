using Vae.Primitives;

namespace Vae.Load;

/// <summary>16 clients with requests of 1 to 64 rows, as JSON and as bytes, for minutes; every answer is checked, and the service's memory watched.</summary>
internal static class MixedLoad
{
    private const int Clients = 16;
    private const int MaxRows = 64;

    public static async Task<int> RunAsync(string models, string name, int seconds)
    {
        using var server = ServerProcess.Service(models);
        using var client = new HttpClient { BaseAddress = server.Address };
        Subject subject = await Subject.CreateAsync(client, name);
        var resident = new List<(double Second, double MiB)>();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        using var done = new CancellationTokenSource();
        Task watch = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                resident.Add((clock.Elapsed.TotalSeconds, server.Resident / 1048576.0));
                await Task.Delay(TimeSpan.FromSeconds(1));
            }
        });
        var key = new PhiloxKey(1, Philox.StreamOf("mixed"));
        Measured measured = await Measured.RunAsync(
            Clients,
            TimeSpan.FromSeconds(seconds),
            async (c, i) =>
            {
                uint Die(uint element) => Philox.Bits(key, (uint)i, (uint)c, 0, element);
                int first = (int)(Die(0) % 256);
                int rows = 1 + (int)(Die(1) % MaxRows);
                using HttpResponseMessage answer = await client.SendAsync(
                    Die(2) % 4 == 0 ? subject.Json(first, rows) : subject.Binary(first, rows)
                );
                return await subject.IsRightAsync(answer, first, rows);
            }
        );
        await done.CancelAsync();
        await watch;
        double[] settled = [.. resident.Where(r => r.Second >= Math.Min(60, seconds / 2.0)).Select(r => r.MiB)];
        Console.Out.WriteLine(
            $"{measured.Sorted.Length} answers in {measured.Seconds:0} s ({measured.PerSecond:0} /s), {measured.Wrong} wrong; p50 {measured.Quantile(0.5):0.0} ms, p99 {measured.Quantile(0.99):0.0} ms"
        );
        double mean = settled.Average();
        Console.Out.WriteLine(
            $"resident after the first minute: {settled[0]:0} MiB then, {settled.Min():0} to {settled.Max():0} MiB later, {settled[^1]:0} at the end: {(settled.Min() / mean - 1) * 100:+0.0;-0.0} to {(settled.Max() / mean - 1) * 100:+0.0;-0.0} % around the mean"
        );
        return measured.Wrong == 0 ? 0 : 1;
    }
}
