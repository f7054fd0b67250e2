namespace Vae.Experiments.Config;

/// <summary>Independent normals of variance one, with the decoder's output as means.</summary>
[Kind("unit-gaussian", "Independent normals of variance one, with the decoder's output as means.")]
public sealed record UnitGaussianConfig : LikelihoodConfig
{
    /// <summary>Whether log 2π is counted.</summary>
    [Key("Whether the density has its constant, −½ log 2π a dimension; without it the numbers are no log-likelihoods.")]
    public bool Normalised { get; init; } = true;

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(DataConfig data) =>
        [.. WarnOfNoConstants(Normalised), .. WarnOfBinary(data)];
}
