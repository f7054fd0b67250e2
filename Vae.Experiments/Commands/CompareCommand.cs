using System.CommandLine;
using Vae.Experiments.Figures;
using Vae.Experiments.Results;

namespace Vae.Experiments.Commands;

/// <summary>vae compare RUN RUN ...: the config keys that differ, the estimates, the curves.</summary>
internal static class CompareCommand
{
    internal static Command Create()
    {
        var directories = new Argument<string[]>("runs")
        {
            Description = "Two run directories or more",
            Arity = new ArgumentArity(2, 12),
        };
        var force = new Option<bool>("--force") { Description = "Also where the runs were measured on different data" };
        var json = CommonOptions.Json();
        var split = new Option<string>("--split")
        {
            Description = "Whose curve: train or valid",
            DefaultValueFactory = _ => "valid",
        };
        split.AcceptOnlyFromAmong("train", "valid");
        var metric = new Option<string>("--metric")
        {
            Description = "The curve's metric: elbo, log_px, kl, loss",
            DefaultValueFactory = _ => "elbo",
            HelpName = "NAME",
        };
        var figure = new Option<string?>("--out") { Description = "Draw the curves as PNG here", HelpName = "FILE" };
        var command = new Command("compare", "Show runs side by side: differing config keys, estimates, curves")
        {
            directories,
            force,
            split,
            metric,
            figure,
            json,
        };
        command.SetAction(parsed =>
        {
            var comparison = new RunComparison([
                .. parsed.GetRequiredValue(directories).Select(path => RunDirectory.Open(path)),
            ]);
            QueryResult estimates = comparison.Estimates(parsed.GetValue(force));
            QueryResult configs = comparison.Configs();
            string curve = $"{parsed.GetValue(split)}/{parsed.GetValue(metric)}";
            var curves = comparison.Curves(parsed.GetValue(split)!, parsed.GetValue(metric)!);
            if (parsed.GetValue(json))
            {
                Console.Out.Write(
                    $"{{\"config\": {JsonRows.Of(configs).TrimEnd()},\n\"estimates\": {JsonRows.Of(estimates).TrimEnd()}}}\n"
                );
            }
            else
            {
                Console.Out.WriteLine("Keys that differ");
                Console.Out.WriteLine(TextTable.Of(configs));
                Console.Out.WriteLine("Estimates, nats");
                Console.Out.WriteLine(TextTable.Of(estimates));
                if (curves.Count > 0)
                {
                    bool terminal = !Console.IsOutputRedirected;
                    int width = terminal ? Math.Max(Console.WindowWidth - 1, 40) : 100;
                    bool colour = terminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
                    Console.Out.WriteLine($"{curve}, nats per example");
                    Console.Out.WriteLine(TerminalChart.Render(curves, "step", width, height: 20, colour));
                }
            }

            if (parsed.GetValue(figure) is { } path)
            {
                if (curves.Count == 0)
                {
                    throw new ExperimentException(ExitCode.Usage, $"none of these runs has a curve {curve}");
                }

                LineChart.Render(curve, "step", "nats per example", curves).Save(path);
            }
        });
        return command;
    }
}
