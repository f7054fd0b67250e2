namespace Vae.Experiments.Config;

/// <summary>Independent normals, with means and log-variances from the decoder.</summary>
[Kind(
    "gaussian",
    "Independent normals, with means and log-variances s from the decoder: the variance is exp(s) + min_scale^2."
)]
public sealed record GaussianConfig : LikelihoodConfig
{
    /// <summary>The least standard deviation.</summary>
    [Key(
        "The least standard deviation; 0: none, and then the objective has no upper bound, since a pixel that is met exactly may have any density.",
        Min = 0
    )]
    public double MinScale { get; init; } = 0.01;

    /// <summary>Whether log 2π is counted.</summary>
    [Key("Whether the density has its constant, −½ log 2π a dimension; without it the numbers are no log-likelihoods.")]
    public bool Normalised { get; init; } = true;

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(DataConfig data) =>
        [
            .. MinScale == 0
                ?
                [
                    "model.likelihood \"gaussian\" with min_scale = 0: the objective has no upper bound, since the density grows without end where the decoder meets a pixel exactly; the numbers say little. A floor such as min_scale = 0.01 bounds it.",
                ]
                : Array.Empty<string>(),
            .. WarnOfNoConstants(Normalised),
            .. WarnOfBinary(data),
        ];
}
