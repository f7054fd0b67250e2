using System.CommandLine;
using Vae.Experiments.Results;

namespace Vae.Experiments.Commands;

/// <summary>vae results: a table over all finished runs, filtered, sorted, grouped, for people, LaTeX or programs; --publish stores a run's few kilobytes in docs/results/.</summary>
internal static class ResultsCommand
{
    internal static Command Create()
    {
        var runs = CommonOptions.Runs();
        var json = CommonOptions.Json();
        var where = new Option<string?>("--where")
        {
            Description = "Only runs of which this is true, in SQL: \"name = 'iaf' AND test_log_px > -100\"",
            HelpName = "CONDITION",
        };
        var sort = new Option<string?>("--sort")
        {
            Description = "Order by a column; -COLUMN: the largest first",
            HelpName = "COLUMN",
        };
        var columns = new Option<string?>("--columns")
        {
            Description = "Only these, of summary.parquet: run_id,seed,test_log_px",
            HelpName = "A,B,...",
        };
        var latex = new Option<bool>("--latex") { Description = "Print a LaTeX table (booktabs)" };
        var parquet = new Option<string?>("--parquet") { Description = "Store the table as Parquet", HelpName = "OUT" };
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
            where,
            sort,
            columns,
            json,
            latex,
            parquet,
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
            string? condition = parsed.GetValue(where);
            string[]? chosen = parsed.GetValue(columns)?.Split(',', StringSplitOptions.TrimEntries);
            bool everything = chosen is not null || parsed.GetValue(json) || parsed.GetValue(parquet) is not null;
            QueryResult result =
                parsed.GetValue(rank) ? ResultsQuery.Ranked(folder, parsed.GetValue(force), condition)
                : parsed.GetValue(grouped) ? ResultsQuery.Grouped(folder, condition)
                : everything ? ResultsQuery.Runs(folder, condition)
                : ResultsQuery.Overview(folder, condition);
            result = parsed.GetValue(sort) is { } by
                ? Sorted(result, by, () => ResultsQuery.Runs(folder, condition))
                : result;
            result = chosen is null ? result : result.Only(chosen);
            if (parsed.GetValue(parquet) is { } path)
            {
                ParquetTable.Write(path, result);
                Console.Out.WriteLine(path);
                return;
            }

            Console.Out.Write(
                parsed.GetValue(json) ? JsonRows.Of(result)
                : parsed.GetValue(latex) ? LatexTable.Of(result)
                : TextTable.Of(result)
            );
        });
        return command;
    }

    // By a column that is shown, or else by any of summary.parquet.
    private static QueryResult Sorted(QueryResult shown, string by, Func<QueryResult> summaries)
    {
        if (shown.Columns.Contains(by.TrimStart('-')) || !shown.Columns.Contains("run"))
        {
            return shown.SortedBy(by);
        }

        List<object?> order = [.. summaries().SortedBy(by)["run_id"]];
        return shown with
        {
            Rows = [.. shown.Rows.Zip(shown["run"]).OrderBy(row => order.IndexOf(row.Second)).Select(row => row.First)],
        };
    }
}
