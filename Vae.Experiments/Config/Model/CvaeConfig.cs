namespace Vae.Experiments.Config;

/// <summary>A conditional variational autoencoder.</summary>
[Kind(
    "cvae",
    "The conditional variational autoencoder, a model of x given its label y: encoder and decoder hear the label, and so does the prior p(z|y) of kind \"class\". Images' networks hear it as one more channel a class. Numbers are of log p(x|y). With [model.classifier] examples may lack their label: y is summed out where it isn't known (arXiv:1406.5298, M2), and numbers are of log p(x)."
)]
public sealed record CvaeConfig : EncodedModelConfig
{
    /// <summary>Classes.</summary>
    [Key("Number of classes; labels are 0 to classes - 1.", Min = 2, Max = 1000)]
    public int Classes { get; init; } = 10;

    /// <summary>The network from x to q(y|x).</summary>
    [Key("The network from x to the logits of q(y|x).", Absent = "every example has a label")]
    public NetworkConfig? Classifier { get; init; }

    /// <summary>α.</summary>
    [Key(
        "What multiplies log q(y|x) of a known label in training, where there is a classifier (arXiv:1406.5298, eq. 9).",
        Min = 0,
        Absent = "1"
    )]
    public double? Supervision { get; init; }

    /// <inheritdoc/>
    public override int ClassCount => Classes;

    /// <inheritdoc/>
    public override bool UsesLabels => true;

    /// <inheritdoc/>
    public override bool NeedsLabels => Classifier is null;

    /// <inheritdoc/>
    public override IEnumerable<(string Key, NetworkConfig Network)> Networks =>
        Classifier is null ? base.Networks : [.. base.Networks, ("model.classifier", Classifier)];

    /// <inheritdoc/>
    public override string InWords() => $"conditional on {Classes} classes, {base.InWords()}";

    /// <inheritdoc/>
    public override IEnumerable<BrokenRule> Broken(ExperimentConfig experiment)
    {
        if (Classifier is not null)
        {
            return base.Broken(experiment).Concat(MixtureRules.Broken(this, experiment));
        }

        BrokenRule idle = new(
            "model.supervision",
            "supervision is of the classifier's q(y|x), and there is no [model.classifier]"
        );
        return Supervision is null ? base.Broken(experiment) : base.Broken(experiment).Append(idle);
    }
}
