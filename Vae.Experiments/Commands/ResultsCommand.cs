using System.CommandLine;
using Vae.Experiments.Results;

namespace Vae.Experiments.Commands;

/// <summary>vae results: a table over all finished runs; --publish stores a run's few kilobytes in docs/results/.</summary>
internal static class ResultsCommand
{
    internal static Command Create()
    {
        var runs = CommonOptions.Runs();
        var json = CommonOptions.Json();
        var grouped = new Option<bool>("--grouped")
        {
            Description = "Mean and standard deviation over the seeds of each experiment",
        };
        var rank = new Option<bool>("--rank")
        {
            Description = "The best first, by the first test estimate; refused where the numbers don't compare",
        };
        var force = new Option<bool>("--force") { Description = "Rank across protocols all the same" };
        var publish = new Option<string?>("--publish")
        {
            Description = "Copy a run's summary, estimates and config to docs/results/ and make the pages anew",
            HelpName = "RUN",
        };
        var command = new Command("results", "A table over all finished runs, oldest first")
        {
            runs,
            json,
            grouped,
            rank,
            force,
            publish,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(publish) is { } run)
            {
                string root =
                    RepositoryRoot.Above(AppContext.BaseDirectory)
                    ?? throw new ExperimentException(
                        ExitCode.Usage,
                        "publishing needs the repository: docs/results/ lies there"
                    );
                Console.Out.WriteLine(Publish.Run(RunDirectory.Open(run), root));
                return;
            }

            string folder = RunsRoot.Resolve(parsed.GetValue(runs), Environment.CurrentDirectory);
            bool asJson = parsed.GetValue(json);
            QueryResult result =
                parsed.GetValue(rank) ? ResultsQuery.Ranked(folder, parsed.GetValue(force))
                : parsed.GetValue(grouped) ? ResultsQuery.Grouped(folder)
                : asJson ? ResultsQuery.Runs(folder)
                : ResultsQuery.Overview(folder);
            Console.Out.Write(asJson ? JsonRows.Of(result) : TextTable.Of(result));
        });
        return command;
    }
}
