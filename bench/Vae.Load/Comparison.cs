namespace Vae.Load;

/// <summary>Requests of one row in bytes from 16 clients: the service with batching, without, and an echo, by turns.</summary>
/// <remarks>The echo reads as many bytes and answers always as the service does to the first row; so the clients have the same work with all three.</remarks>
internal static class Comparison
{
    private const int Clients = 16;

    public static async Task<int> RunAsync(string models, string name, int seconds, int rounds)
    {
        using var on = ServerProcess.Service(models);
        using var off = ServerProcess.Service(models, "--max-batch", "1");
        using var client = new HttpClient { BaseAddress = on.Address };
        Subject subject = await Subject.CreateAsync(client, name);
        using var echo = ServerProcess.Echo(subject.FirstAnswer.Body, subject.FirstAnswer.JsonLength);
        (string Name, Uri Address, bool IsEcho, List<Measured> Rounds)[] servers =
        [
            ("echo", echo.Address, true, []),
            ("batching on", on.Address, false, []),
            ("batching off", off.Address, false, []),
        ];
        for (int round = -1; round < rounds; round++) // the first warms up
        {
            foreach (var server in servers)
            {
                Wire[] wires = [.. Enumerable.Range(0, Clients).Select(_ => new Wire(server.Address))];
                Measured measured = await Measured.RunAsync(
                    Clients,
                    TimeSpan.FromSeconds(seconds),
                    (c, i) =>
                    {
                        int row = c * 31 + i;
                        var answer = wires[c].Ask(subject.OneRow(row));
                        return Task.FromResult(subject.IsRight(answer, server.IsEcho ? 0 : row));
                    }
                );
                Array.ForEach(wires, w => w.Dispose());
                if (round >= 0)
                {
                    server.Rounds.Add(measured);
                }
            }
        }

        long wrong = 0;
        foreach (var (label, _, _, measured) in servers)
        {
            Measured all = Measured.Of(
                measured.Sum(m => m.Seconds),
                measured.Sum(m => m.Wrong),
                measured.SelectMany(m => m.Sorted)
            );
            wrong += all.Wrong;
            Console.Out.WriteLine(
                $"{label, -13} {Median(measured), 8:0} /s   p50 {all.Quantile(0.5), 6:0.00} ms   p99 {all.Quantile(0.99), 6:0.00} ms   wrong {all.Wrong}"
            );
        }

        double Ratio(int a, int b) =>
            Middle([.. servers[a].Rounds.Zip(servers[b].Rounds, (x, y) => x.PerSecond / y.PerSecond)]);
        Console.Out.WriteLine(
            $"on / echo {Ratio(1, 0):0.00}   on / off {Ratio(1, 2):0.00}   (medians over {rounds} rounds of {seconds} s)"
        );
        return wrong == 0 ? 0 : 1;
    }

    private static double Median(List<Measured> rounds) => Middle([.. rounds.Select(m => m.PerSecond)]);

    private static double Middle(double[] values)
    {
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}
