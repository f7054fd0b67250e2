namespace Vae.Experiments.Results;

/// <summary>One run's test estimate, with what the run was.</summary>
internal sealed record RunEstimate(
    string Name,
    string? ConfigHash,
    string Dataset,
    string Binarisation,
    string Model,
    long Parameters,
    string RunId,
    long Seed,
    long? BestStep,
    long Steps,
    double WallS,
    string Kind,
    long Samples,
    long? Examples,
    string? Settings,
    double? Elbo,
    double? LogPx,
    double? LogPxSe
);

/// <summary>The same test estimate over the runs of one experiment; the standard deviation of one run is null.</summary>
internal sealed record EstimateGroup(
    string Name,
    string? ConfigHash,
    string Dataset,
    string Binarisation,
    string Model,
    string Kind,
    long Samples,
    long? Examples,
    string? Settings,
    long Runs,
    long Seeds,
    double? ElboMean,
    double? ElboSd,
    double? LogPxMean,
    double? LogPxSd
);

/// <summary>One run's average training loss over its last epoch.</summary>
internal sealed record RunLoss(
    string Name,
    string? ConfigHash,
    string RunId,
    long Seed,
    long Steps,
    double TrainLoss,
    double WallS
);

/// <summary>How one run's classes agree with the test examples' labels.</summary>
internal sealed record RunClusters(
    string Name,
    string? ConfigHash,
    string RunId,
    long Seed,
    double ClusteringAccuracy,
    double Nmi
);

/// <summary>A number to be compared with, and whose it is: a line of docs/results/references.csv.</summary>
internal sealed record Reference(
    string Name,
    string Kind,
    long Samples,
    long? Examples,
    double? Elbo,
    double? LogPx,
    double? Loss,
    double? Accuracy,
    string What,
    string Source
);
