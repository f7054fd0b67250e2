using System.CommandLine;
using System.Globalization;
using Vae.Core.Graphs;
using Vae.Core.Models;
using Vae.Experiments.Config;
using Vae.Experiments.Data;
using Vae.Experiments.Training;

namespace Vae.Experiments.Commands;

/// <summary>vae describe CONFIG: layers, shapes, parameters and FLOPs per image; nothing is allocated.</summary>
internal static class DescribeCommand
{
    internal static Command Create()
    {
        var config = CommonOptions.Config();
        var overrides = CommonOptions.Overrides();
        var command = new Command("describe", "Print a model's layers, shapes, parameters and FLOPs")
        {
            config,
            overrides,
        };
        command.SetAction(parsed =>
        {
            ExperimentConfig resolved = ConfigFile.Load(
                parsed.GetRequiredValue(config),
                parsed.GetValue(overrides) ?? []
            );
            using LatentVariableModel model = ModelFactory.Build(resolved.Model, DataShapes.Of(resolved.Data), META, 0);
            var graph = new DescribingGraph(model);
            Observed<Described> x = new(Described.Vector(model.Dimensions))
            {
                Label = model.LabelUse == LabelUse.Always ? Described.Vector(model.Classes) : null,
            };
            model.Terms(graph, x, Described.Vector(model.NoiseSize));
            Print(graph.Operations, model.parameters().Sum(p => p.numel()));
        });
        return command;
    }

    private static void Print(IReadOnlyList<DescribedOperation> operations, long parameters)
    {
        Console.Out.WriteLine(
            $"{"layer", -28} {"operation", -12} {"output", -10} {"parameters", 12} {"FLOPs/image", 14}"
        );
        foreach (DescribedOperation row in operations)
        {
            Console.Out.WriteLine(
                $"{row.Name, -28} {row.Operation, -12} {row.Output, -10} {Number(row.Parameters), 12} {Number(row.Flops), 14}"
            );
        }

        Console.Out.WriteLine(
            $"{"total", -28} {"", -12} {"", -10} {Number(parameters), 12} {Number(operations.Sum(o => o.Flops)), 14}"
        );
        Console.Out.WriteLine(
            "FLOPs of one pass forward with one sample of z: a multiply-add counts as two, any other operation on a number as one."
        );
    }

    private static string Number(long n) => n.ToString("N0", CultureInfo.InvariantCulture);
}
