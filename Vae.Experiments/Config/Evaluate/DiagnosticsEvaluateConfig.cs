namespace Vae.Experiments.Config;

/// <summary>What the latent variables do.</summary>
[Kind(
    "diagnostics",
    "What the latent variables do: rate and distortion, KL of each dimension, active units, mutual information, the inference gap and its two parts. Rows of metrics.parquet, and figures/active_units.png."
)]
public sealed record DiagnosticsEvaluateConfig : EvaluateConfig
{
    /// <summary>Samples of z an example.</summary>
    [Key("Samples of z for each example.", Min = 2, Smoke = 8)]
    public int Samples { get; init; } = 16;

    /// <summary>Examples of the aggregate posterior.</summary>
    [Key(
        "Examples whose posteriors make the aggregate q(z), for mutual information and marginal KL; 0: without.",
        Min = 0,
        Smoke = 64
    )]
    public int Aggregate { get; init; } = 1000;

    /// <summary>Examples whose posterior is optimised.</summary>
    [Key(
        "Examples whose own best q is sought, for the inference gap (arXiv:1801.03558); 0: without.",
        Min = 0,
        Smoke = 8
    )]
    public int Optimised { get; init; } = 100;

    /// <summary>Steps of that.</summary>
    [Key("Steps of that optimisation.", Min = 1, Smoke = 5)]
    public int Steps { get; init; } = 500;

    /// <summary>Samples of log p(x) within the gap.</summary>
    [Key("Samples of the optimised q with which log p(x) is estimated for the gap.", Min = 2, Smoke = 8)]
    public int GapSamples { get; init; } = 1000;

    /// <inheritdoc/>
    public override long Count => Samples;
}
