namespace Vae.Experiments.Config;

/// <summary>The AEVB tutorial's points about a plane, whose log p(x) is known in closed form (arXiv:2208.07818).</summary>
[Kind(
    "factor-analysis",
    "x = W z + s * e in three dimensions with z in two, W = [[-.5, -1], [-1, -1], [2, .5]], s = (.4, .2, .3) and z, e ~ N(0, I), whose log p(x) is known exactly (the AEVB tutorial, arXiv:2208.07818)."
)]
public sealed record FactorAnalysisDataConfig : DataConfig
{
    /// <summary>Training examples.</summary>
    [Key("Training examples.", Min = 1)]
    public int TrainSize { get; init; } = 1000;

    /// <summary>Validation examples.</summary>
    [Key("Validation examples; 0: none.", Min = 0)]
    public int ValidSize { get; init; }

    /// <summary>Test examples.</summary>
    [Key("Test examples.", Min = 1)]
    public int TestSize { get; init; } = 1000;

    /// <summary>The seed of the draws.</summary>
    [Key("The seed of the draws, apart from the run's.", Min = 0, Max = int.MaxValue)]
    public int Seed { get; init; }

    /// <inheritdoc/>
    public override bool HasValidation => ValidSize > 0;

    /// <inheritdoc/>
    public override bool IsReal => true;
}
