using Vae.Core.Models;
using Vae.Experiments.Config;
using Vae.Experiments.Data;
using Vae.Experiments.Evaluation;
using Vae.Experiments.Training;
using Vae.Export;
using Vae.Primitives;

namespace Vae.Experiments.Results;

/// <summary>A run's stored weights as ONNX files.</summary>
public static class RunExport
{
    // Test examples that every part is tried on, beside random inputs.
    private const int Examples = 128;

    /// <summary>Writes the parts, each proved, into a folder; null: the run's own.</summary>
    /// <exception cref="ExperimentException">It can't be exported as asked (2), or doesn't compute the same (1).</exception>
    public static IReadOnlyList<string> Write(
        RunDirectory run,
        ExperimentConfig config,
        Dataset dataset,
        ExportOptions options,
        string? folder,
        Action<string> say
    )
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(dataset);
        using LatentVariableModel model = ModelFactory.Build(config.Model, dataset.Shape, CPU, (uint)config.Seed);
        Checkpoint.LoadWeights(Checkpoint.ToEvaluate(run, config.Train.EvaluateFrom), model);
        model.eval();
        bool image = dataset.Shape.Count == 3;
        var provenance = new Provenance(
            config.Name,
            run.Id,
            Schema.KindOf(config.Model.GetType())!,
            run.ReadEnvironment().Commit ?? "unknown",
            config.ToToml(),
            new ModelCardData(dataset.Name, Binarisations.NameOf(dataset.Binarisation), dataset.Licence),
            image ? new ModelCardImage(dataset.Shape[0], dataset.Shape[1], dataset.Shape[2]) : null,
            image
        );
        using var scope = NewDisposeScope();
        using var test = new DeviceSplit(dataset.Test.Take(Examples), dataset.Dimensions, dataset.Binarisation, CPU);
        Observed<Tensor>? examples =
            test.Count == 0
                ? default(Observed<Tensor>?)
                : test.Observe(
                    arange(0, test.Count, 1, ScalarType.Int64),
                    new Streams((uint)config.Seed).Binarise("test/evaluate"),
                    0,
                    model,
                    training: false
                );
        try
        {
            return new ModelExporter(model, provenance, options).Export(folder ?? run.Models, examples, say);
        }
        catch (ExportException e)
        {
            throw new ExperimentException(ExitCode.Usage, e.Message, e);
        }
        catch (ParityException e)
        {
            throw new ExperimentException(ExitCode.Failure, e.Message, e);
        }
    }
}
