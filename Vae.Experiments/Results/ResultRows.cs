using System.Text.Json.Serialization;

namespace Vae.Experiments.Results;

/// <summary>A row that the journal keeps; its step says where a resumed run cuts.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "table")]
[JsonDerivedType(typeof(MetricRow), "metrics")]
[JsonDerivedType(typeof(EstimateRow), "estimates")]
public interface IJournalRow
{
    /// <summary>The optimizer steps done when the row was measured.</summary>
    long Step { get; }
}

/// <summary>A row of metrics.parquet: one measured number.</summary>
/// <param name="RunId">The run, <c>name/folder</c>.</param>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Epoch">The epoch over which the value is an average; null for anything else.</param>
/// <param name="Split">train, valid or test.</param>
/// <param name="Metric">Its bare name: loss, elbo, log_px, kl, ...</param>
/// <param name="Value">Nats per image, unless the metric's name says otherwise.</param>
/// <param name="WallS">Seconds since the run began.</param>
public sealed record MetricRow(
    string RunId,
    long Step,
    long? Epoch,
    string Split,
    string Metric,
    double Value,
    double WallS
) : IJournalRow;

/// <summary>A row of estimates.parquet: one estimate over a split, in nats per image.</summary>
/// <param name="RunId">The run, <c>name/folder</c>.</param>
/// <param name="Step">The step of the evaluated weights.</param>
/// <param name="Split">train, valid or test; model: data drawn from the model itself.</param>
/// <param name="Kind">The estimator: elbo, importance, ...</param>
/// <param name="Samples">K, samples of z or chains per image; 0: none.</param>
/// <param name="Seed">The seed of those samples.</param>
/// <param name="Binarisation">static, dynamic, threshold, grey or none.</param>
/// <param name="Elbo">E[log w], a lower bound of log p(x).</param>
/// <param name="LogPx">The estimate of log p(x), where the kind gives one.</param>
/// <param name="LogPxSe">Its standard error over images.</param>
/// <param name="McSe">Its standard error that comes of the finite number of samples, by bootstrap.</param>
/// <param name="Ess">Mean effective sample size, 1 to K.</param>
/// <param name="Lower">Lower end of the 95 % interval over the data; of bdmc, the lower bound.</param>
/// <param name="Upper">Upper end of the 95 % interval over the data; of bdmc, the upper bound.</param>
/// <param name="Examples">How many of the split's examples it is made of.</param>
/// <param name="Settings">What else the number depends on, such as the temperatures of annealed chains.</param>
/// <param name="PartOf">K of the estimate from whose first samples this one is made, to show how it converges; null where it stands for itself.</param>
public sealed record EstimateRow(
    string RunId,
    long Step,
    string Split,
    string Kind,
    long Samples,
    long Seed,
    string Binarisation,
    double? Elbo,
    double? LogPx,
    double? LogPxSe,
    double? McSe,
    double? Ess,
    double? Lower,
    double? Upper,
    long? Examples = null,
    string? Settings = null,
    long? PartOf = null
) : IJournalRow;

/// <summary>A row of log_weights.parquet: one image's share of an estimate, in nats.</summary>
/// <param name="RunId">The run, <c>name/folder</c>.</param>
/// <param name="Step">The step of the evaluated weights.</param>
/// <param name="Split">train, valid or test.</param>
/// <param name="Kind">The estimator.</param>
/// <param name="Samples">K, samples of z.</param>
/// <param name="Seed">The seed of those samples.</param>
/// <param name="Index">The image's place in its split.</param>
/// <param name="Label">The image's label, where the data set has labels.</param>
/// <param name="Elbo">Mean log w.</param>
/// <param name="LogPx">log mean w.</param>
/// <param name="LogPxSe">The standard error of <paramref name="LogPx"/>, from the K samples.</param>
/// <param name="Ess">Effective sample size, 1 to K.</param>
/// <param name="Settings">What else the number depends on.</param>
public sealed record LogWeightRow(
    string RunId,
    long Step,
    string Split,
    string Kind,
    long Samples,
    long Seed,
    long Index,
    int? Label,
    double Elbo,
    double? LogPx,
    double? LogPxSe,
    double? Ess,
    string? Settings = null
);

/// <summary>A row of class_posteriors.parquet: the probability of one class for one example.</summary>
/// <param name="RunId">The run, <c>name/folder</c>.</param>
/// <param name="Step">The step of the evaluated weights.</param>
/// <param name="Split">train, valid or test.</param>
/// <param name="Index">The example's place in its split.</param>
/// <param name="Label">The example's label, where it is known.</param>
/// <param name="Class">y.</param>
/// <param name="Probability">q(y | x).</param>
public sealed record ClassPosteriorRow(
    string RunId,
    long Step,
    string Split,
    long Index,
    int? Label,
    int Class,
    double Probability
);
