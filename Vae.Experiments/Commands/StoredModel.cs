using Vae.Core.Models;
using Vae.Experiments.Config;
using Vae.Experiments.Data;
using Vae.Experiments.Evaluation;
using Vae.Experiments.Results;
using Vae.Experiments.Training;

namespace Vae.Experiments.Commands;

/// <summary>A trained model out of its run directory, for the commands that make pictures.</summary>
internal sealed class StoredModel : IDisposable
{
    private readonly ExperimentConfig config;

    private StoredModel(RunDirectory run)
    {
        Run = run;
        config = ConfigFile.Load(run.Config, []);
        Shape = DataShapes.Of(config.Data);
        if (Shape is not [1 or 3, _, _])
        {
            throw new ExperimentException(ExitCode.Usage, $"{run.FullPath} isn't of images: there's nothing to draw");
        }

        Model = ModelFactory.Build(config.Model, Shape, CPU, (uint)config.Seed);
        Checkpoint.LoadWeights(Checkpoint.ToEvaluate(run, config.Train.EvaluateFrom), Model);
        Model.eval();
    }

    public RunDirectory Run { get; }

    public LatentVariableModel Model { get; }

    public IReadOnlyList<int> Shape { get; }

    public Pictures Pictures => new(Model, Shape);

    /// <summary>The run's own streams: what is binarised for its estimates is so here.</summary>
    public Streams Streams => new((uint)config.Seed);

    public static StoredModel Open(string directory) => new(RunDirectory.Open(directory));

    /// <summary>A split of the run's data.</summary>
    public DeviceSplit Load(SplitName name)
    {
        Dataset dataset = Datasets.Load(config.Data, DataFolders.FromEnvironment(), null, CancellationToken.None);
        Split split = name switch
        {
            SplitName.Train => dataset.Train,
            SplitName.Valid => dataset.Valid,
            _ => dataset.Test,
        };
        return split.Count > 0
            ? new DeviceSplit(split, dataset.Dimensions, dataset.Binarisation, CPU)
            : throw new ExperimentException(ExitCode.Usage, "this run has no validation split");
    }

    public void Dispose() => Model.Dispose();
}
