namespace Vae.Experiments.Config;

/// <summary>Independent Bernoullis, with the decoder's output as logits.</summary>
[Kind("bernoulli", "Independent Bernoulli pixels, with the decoder's output as logits.")]
public sealed record BernoulliConfig : LikelihoodConfig
{
    /// <inheritdoc/>
    public override string? Refuse(DataConfig data) => RefuseReal(data);

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(DataConfig data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.IsGrey
            ?
            [
                $"data.binarise = \"{data.Pixels.ToString()!.ToLowerInvariant()}\" with model.likelihood \"bernoulli\": grey values are not a Bernoulli's outcomes, so the numbers are no log-likelihoods and compare with none on binarised data; use \"continuous-bernoulli\", or binarise.",
            ]
            : [];
    }
}
