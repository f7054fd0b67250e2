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
/// <param name="Split">train, valid or test.</param>
/// <param name="Kind">The estimator: elbo, importance, ...</param>
/// <param name="Samples">K, samples of z per image.</param>
/// <param name="Seed">The seed of those samples.</param>
/// <param name="Binarisation">static, dynamic, threshold, grey or none.</param>
/// <param name="Elbo">E[log w], a lower bound of log p(x).</param>
/// <param name="LogPx">The estimate of log p(x), where the kind gives one.</param>
/// <param name="LogPxSe">Its standard error over images.</param>
/// <param name="McSe">Its standard error that comes of the finite number of samples.</param>
/// <param name="Ess">Mean effective sample size, 1 to K.</param>
/// <param name="Lower">Lower end of the 95 % interval over the data.</param>
/// <param name="Upper">Upper end of the 95 % interval over the data.</param>
/// <param name="Examples">How many of the split's examples it is made of.</param>
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
    long? Examples = null
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
    double? Ess
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
