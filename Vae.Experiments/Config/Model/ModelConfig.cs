namespace Vae.Experiments.Config;

/// <summary>A variational autoencoder: q(z|x) from the encoder, p(z), and p(x|z) from the decoder.</summary>
[Table("The variational autoencoder: q(z|x) from the encoder, the prior p(z), and p(x|z) from the decoder.")]
public sealed record ModelConfig
{
    /// <summary>Dimensions of z.</summary>
    [Key("Dimensions of z.", Min = 1)]
    public required int Latent { get; init; }

    /// <summary>The network from x to the posterior's parameters.</summary>
    [Key("The network from x to the posterior's parameters.")]
    public NetworkConfig Encoder { get; init; } = new MlpConfig();

    /// <summary>The network from z to the likelihood's parameters.</summary>
    [Key("The network from z to the likelihood's parameters.")]
    public NetworkConfig Decoder { get; init; } = new MlpConfig();

    /// <summary>q(z|x).</summary>
    [Key("The approximate posterior q(z|x).")]
    public PosteriorConfig Posterior { get; init; } = new NormalPosteriorConfig();

    /// <summary>p(z).</summary>
    [Key("The prior p(z).")]
    public PriorConfig Prior { get; init; } = new NormalPriorConfig();

    /// <summary>p(x|z).</summary>
    [Key("The likelihood p(x|z).")]
    public LikelihoodConfig Likelihood { get; init; } = new BernoulliConfig();

    /// <summary>The model in a few words: "z 128, mlp encoder, mlp decoder, normal + iaf posterior, normal prior, bernoulli".</summary>
    public string InWords()
    {
        static string Kind(object record) => Schema.KindOf(record.GetType())!;
        var flows = Posterior is NormalPosteriorConfig normal ? normal.Flows : [];
        return $"z {Latent}, {Kind(Encoder)} encoder, {Kind(Decoder)} decoder, {string.Join(" + ", flows.Select(Kind).Prepend(Kind(Posterior)))} posterior, "
            + $"{Kind(Prior)} prior, {Kind(Likelihood)}";
    }
}
