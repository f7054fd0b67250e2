namespace Vae.Experiments.Config;

/// <summary>The evidence lower bound (Kingma and Welling 2014, arXiv:1312.6114).</summary>
[Kind("elbo", "The evidence lower bound (Kingma and Welling 2014, arXiv:1312.6114).")]
public sealed record ElboObjectiveConfig : ObjectiveConfig
{
    /// <summary>Samples of z an example.</summary>
    [Key("Samples of z for each example.", Min = 1, Smoke = 8)]
    public int Samples { get; init; } = 1;

    /// <summary>How the KL term is had.</summary>
    [Key("The Kullback-Leibler term: by formula, or from the samples.")]
    public KlName Kl { get; init; }
}
