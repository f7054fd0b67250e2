namespace Vae.Experiments.Config;

/// <summary>A variational autoencoder whose prior is a mixture with an explicit class.</summary>
[Kind(
    "gmvae",
    "The Gaussian mixture variational autoencoder: a class y with equal probabilities, p(z|y) of the prior \"class\", p(x|z); q(y|x) from the classifier, q(z|x,y) from the encoder, and y summed out exactly. It finds clusters; labels are used only where supervision says so."
)]
public sealed record GmvaeConfig : EncodedModelConfig
{
    /// <summary>p(z|y).</summary>
    public GmvaeConfig() => Prior = new ClassPriorConfig();

    /// <summary>Classes.</summary>
    [Key("Number of classes (clusters) y.", Min = 2, Max = 1000)]
    public int Classes { get; init; } = 10;

    /// <summary>The network from x to q(y|x).</summary>
    [Key("The network from x to the logits of q(y|x).")]
    public NetworkConfig Classifier { get; init; } = new MlpConfig();

    /// <summary>α.</summary>
    [Key(
        "Use the labels that are known, and multiply their log q(y|x) by this in training (semi-supervised: arXiv:1406.5298, eq. 9).",
        Min = 0,
        Absent = "labels aren't used"
    )]
    public double? Supervision { get; init; }

    /// <inheritdoc/>
    public override int ClassCount => Classes;

    /// <inheritdoc/>
    public override bool UsesLabels => Supervision is not null;

    /// <inheritdoc/>
    public override IEnumerable<(string Key, NetworkConfig Network)> Networks =>
        [.. base.Networks, ("model.classifier", Classifier)];

    /// <inheritdoc/>
    public override string InWords() => $"{Classes} classes, {base.InWords()}";

    /// <inheritdoc/>
    public override IEnumerable<BrokenRule> Broken(ExperimentConfig experiment)
    {
        foreach (BrokenRule rule in base.Broken(experiment).Concat(MixtureRules.Broken(this, experiment)))
        {
            yield return rule;
        }

        if (Prior is not ClassPriorConfig)
        {
            yield return new(
                "model.prior.kind",
                $"with the prior \"{Kind(Prior)}\" nothing in p(y) p(z) p(x|z) depends on the class: use kind = \"class\""
            );
        }
    }
}
