namespace Vae.Experiments.Config;

/// <summary>Independent continuous Bernoullis (Loaiza-Ganem and Cunningham 2019, arXiv:1907.06845).</summary>
[Kind(
    "continuous-bernoulli",
    "Independent continuous Bernoulli pixels, a density on [0, 1] for grey values, with the decoder's output as logits (Loaiza-Ganem and Cunningham 2019, arXiv:1907.06845)."
)]
public sealed record ContinuousBernoulliConfig : LikelihoodConfig
{
    /// <inheritdoc/>
    public override string? Refuse(DataConfig data) => RefuseReal(data);

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(DataConfig data) => WarnOfBinary(data);
}
