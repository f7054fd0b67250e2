using System.CommandLine;
using Vae.Experiments.Results;

namespace Vae.Experiments.Commands;

/// <summary>vae runs: all run directories, finished or not; --prune shows those that came to nothing, --prune --yes removes them.</summary>
internal static class RunsCommand
{
    internal static Command Create()
    {
        var runs = CommonOptions.Runs();
        var json = CommonOptions.Json();
        var prune = new Option<bool>("--prune")
        {
            Description = "Show which runs came to nothing: they ended without a checkpoint",
        };
        var yes = new Option<bool>("--yes") { Description = "With --prune: remove them" };
        var command = new Command("runs", "List all run directories, and tidy up") { runs, json, prune, yes };
        command.SetAction(parsed =>
        {
            string root = RunsRoot.Resolve(parsed.GetValue(runs), Environment.CurrentDirectory);
            bool pruning = parsed.GetValue(prune);
            if (parsed.GetValue(yes) && !pruning)
            {
                throw new ExperimentException(ExitCode.Usage, "--yes says yes to --prune, which isn't there");
            }

            var listed = pruning ? RunInventory.Leftovers(root) : RunInventory.Of(root);
            QueryResult table = RunInventory.Table(listed);
            Console.Out.Write(parsed.GetValue(json) ? JsonRows.Of(table) : TextTable.Of(table));
            if (!pruning || listed.Count == 0)
            {
                return;
            }

            if (!parsed.GetValue(yes))
            {
                Console.Error.WriteLine("nothing is removed yet: vae runs --prune --yes does it");
                return;
            }

            foreach (RunDirectory run in listed)
            {
                RunInventory.Remove(run);
            }

            Console.Error.WriteLine($"{listed.Count} runs removed");
        });
        return command;
    }
}
