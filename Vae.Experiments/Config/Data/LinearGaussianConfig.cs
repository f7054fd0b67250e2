namespace Vae.Experiments.Config;

/// <summary>x = W z + noise · ε with z, ε ~ N(0, I), whose log p(x) is known in closed form.</summary>
[Kind(
    "linear-gaussian",
    "x = W z + noise * e with z, e ~ N(0, I), whose log p(x) is known exactly: the truth that estimators are held against."
)]
public sealed record LinearGaussianConfig : DataConfig
{
    /// <summary>Dimensions of x.</summary>
    [Key("Dimensions of x.", Min = 1)]
    public int Dimensions { get; init; } = 8;

    /// <summary>Dimensions of the z that made x.</summary>
    [Key("Dimensions of the z that made x.", Min = 1)]
    public int Latent { get; init; } = 2;

    /// <summary>Standard deviation of the noise.</summary>
    [Key("Standard deviation of the noise.", Above = 0)]
    public double Noise { get; init; } = 1.0;

    /// <summary>Training examples.</summary>
    [Key("Training examples.", Min = 1)]
    public int TrainSize { get; init; } = 10000;

    /// <summary>Validation examples.</summary>
    [Key("Validation examples; 0: none.", Min = 0)]
    public int ValidSize { get; init; } = 1000;

    /// <summary>Test examples.</summary>
    [Key("Test examples.", Min = 1)]
    public int TestSize { get; init; } = 1000;

    /// <summary>The seed of W and of the draws.</summary>
    [Key("The seed of W and of the draws, apart from the run's.", Min = 0, Max = int.MaxValue)]
    public int Seed { get; init; }

    /// <inheritdoc/>
    public override bool HasValidation => ValidSize > 0;

    /// <inheritdoc/>
    public override bool IsReal => true;
}
