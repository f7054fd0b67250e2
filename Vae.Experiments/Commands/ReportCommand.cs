using System.CommandLine;
using Vae.Experiments.Reports;
using Vae.Experiments.Results;

namespace Vae.Experiments.Commands;

/// <summary>vae report RUN_DIR: writes report.html and MODEL_CARD.md anew.</summary>
internal static class ReportCommand
{
    internal static Command Create()
    {
        var directory = CommonOptions.RunDirectory();
        var command = new Command("report", "Write a run's report.html and MODEL_CARD.md anew") { directory };
        command.SetAction(parsed =>
        {
            RunDirectory run = RunDirectory.Open(parsed.GetRequiredValue(directory));
            RunPages.Write(run);
            Console.Out.WriteLine(run.Report);
        });
        return command;
    }
}
