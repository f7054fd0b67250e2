using System.CommandLine;
using Vae.Experiments.Config;
using Vae.Experiments.Data;
using Vae.Experiments.Results;
using Vae.Export;

namespace Vae.Experiments.Commands;

/// <summary>vae export RUN_DIR: stored weights as ONNX files, each proved to compute what the trainer computes.</summary>
internal static class ExportCommand
{
    internal static Command Create()
    {
        var directory = CommonOptions.RunDirectory();
        var folder = new Option<string?>("--out")
        {
            Description = "The folder of models; by default models in the run directory",
            HelpName = "DIR",
        };
        var parts = new Option<string?>("--parts")
        {
            Description = "Only these, such as encoder,decoder",
            HelpName = "PARTS",
        };
        var opset = new Option<int>("--opset")
        {
            Description = "The version of ONNX's operators: 17 or 18",
            DefaultValueFactory = _ => 17,
        };
        var half = new Option<bool>("--fp16") { Description = "Weights and numbers within in half precision" };
        var command = new Command("export", "Write ONNX files of a stored model, with their cards")
        {
            directory,
            folder,
            parts,
            opset,
            half,
        };
        command.SetAction(parsed =>
        {
            RunDirectory run = RunDirectory.Open(parsed.GetRequiredValue(directory));
            ExperimentConfig config = ConfigFile.Load(run.Config, []);
            var options = new ExportOptions
            {
                Parts = parsed
                    .GetValue(parts)
                    ?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                Opset = parsed.GetValue(opset),
                Half = parsed.GetValue(half),
            };
            Dataset dataset = Datasets.Load(config.Data, DataFolders.FromEnvironment(), null, CancellationToken.None);
            string? given = parsed.GetValue(folder);
            var written = RunExport.Write(run, config, dataset, options, given, Console.Error.WriteLine);
            foreach (string path in written)
            {
                Console.Out.WriteLine(path);
            }

            string models = given ?? run.Models;
            Console.Out.WriteLine($"{models}  (next: vae serve {models}; what is in the files: docs/export.md)");
        });
        return command;
    }
}
