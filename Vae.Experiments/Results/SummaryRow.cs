namespace Vae.Experiments.Results;

/// <summary>The one row of summary.parquet: what a finished run was and came to. Null is "not measured"; nats per image.</summary>
public sealed record SummaryRow
{
    /// <summary>The run, <c>name/folder</c>.</summary>
    public required string RunId { get; init; }

    /// <summary>The config's name.</summary>
    public required string Name { get; init; }

    /// <summary>What it trained, but for the seed: runs with equal hashes are repetitions. Null in files of the first version.</summary>
    public string? ConfigHash { get; init; }

    /// <summary>The run's seed.</summary>
    public required long Seed { get; init; }

    /// <summary>The data set.</summary>
    public required string Dataset { get; init; }

    /// <summary>static, dynamic, threshold, grey or none; never compare across it.</summary>
    public required string Binarisation { get; init; }

    /// <summary>The model in a few words.</summary>
    public required string Model { get; init; }

    /// <summary>Its number of trainable parameters.</summary>
    public required long Parameters { get; init; }

    /// <summary>Steps done.</summary>
    public required long Steps { get; init; }

    /// <summary>The step of the best validation.</summary>
    public long? BestStep { get; init; }

    /// <summary>ELBO of the first estimate on the test split.</summary>
    public double? TestElbo { get; init; }

    /// <summary>log p(x) of the first estimate on the test split.</summary>
    public double? TestLogPx { get; init; }

    /// <summary>Its standard error over images.</summary>
    public double? TestLogPxSe { get; init; }

    /// <summary>Its samples per image.</summary>
    public long? TestLogPxSamples { get; init; }

    /// <summary>The share of test examples whose most probable class is matched to their label (Hungarian matching); of models that find classes.</summary>
    public double? ClusteringAccuracy { get; init; }

    /// <summary>The normalised mutual information of their classes and labels.</summary>
    public double? Nmi { get; init; }

    /// <summary>As for test.</summary>
    public double? ValidElbo { get; init; }

    /// <summary>As for test.</summary>
    public double? ValidLogPx { get; init; }

    /// <summary>As for test.</summary>
    public double? ValidLogPxSe { get; init; }

    /// <summary>As for test.</summary>
    public long? ValidLogPxSamples { get; init; }

    /// <summary>As for test.</summary>
    public double? TrainElbo { get; init; }

    /// <summary>As for test.</summary>
    public double? TrainLogPx { get; init; }

    /// <summary>As for test.</summary>
    public double? TrainLogPxSe { get; init; }

    /// <summary>As for test.</summary>
    public long? TrainLogPxSamples { get; init; }

    /// <summary>Average training loss of an image over the last whole epoch, as published training losses are.</summary>
    public double? TrainLoss { get; init; }

    /// <summary>The kind of the first test estimate.</summary>
    public string? Estimator { get; init; }

    /// <summary>cpu, cuda:0, ...</summary>
    public required string Device { get; init; }

    /// <summary>Threads of the engine.</summary>
    public required long Threads { get; init; }

    /// <summary>Training throughput, images per second.</summary>
    public double? ImagesPerS { get; init; }

    /// <summary>Seconds from the run's begin to its end.</summary>
    public required double WallS { get; init; }

    /// <summary>What multiplies the KL per image beside its reconstruction term when training ends; 1 is the ELBO, null an objective without that part.</summary>
    public required double? EffectiveKlWeight { get; init; }

    /// <summary>The git commit of the program, if known.</summary>
    public string? Commit { get; init; }

    /// <summary>completed, stopped or failed.</summary>
    public required string Status { get; init; }

    /// <summary>Steps skipped because the loss or a gradient was not finite.</summary>
    public required long SkippedSteps { get; init; }
}
