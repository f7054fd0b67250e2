using System.CommandLine;
using Vae.Experiments.Results;

namespace Vae.Experiments.Commands;

/// <summary>vae sql "SELECT ...": DuckDB over the tables of all runs.</summary>
internal static class SqlCommand
{
    internal static Command Create()
    {
        var query = new Argument<string>("query")
        {
            Description = "A SELECT over summary, metrics, estimates and log_weights, or over any Parquet file",
        };
        var runs = CommonOptions.Runs();
        var json = CommonOptions.Json();
        var command = new Command("sql", "Ask the tables of all runs in SQL") { query, runs, json };
        command.SetAction(parsed =>
        {
            string folder = RunsRoot.Resolve(parsed.GetValue(runs), Environment.CurrentDirectory);
            QueryResult result = ResultsQuery.Sql(folder, parsed.GetRequiredValue(query));
            Console.Out.Write(parsed.GetValue(json) ? JsonRows.Of(result) : TextTable.Of(result));
        });
        return command;
    }
}
