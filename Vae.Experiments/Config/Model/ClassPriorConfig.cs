namespace Vae.Experiments.Config;

/// <summary>A normal for each class.</summary>
[Kind(
    "class",
    "A normal for each class, p(z|y) = N(m(y), s(y)^2), learned; for kind = \"cvae\" and \"gmvae\" (arXiv:1406.5298, arXiv:1611.02648)."
)]
public sealed record ClassPriorConfig : PriorConfig, IRules
{
    /// <summary>Where mean and scale come from.</summary>
    [Key(
        "Where mean and scale come from: a network of the label (linear when it has no hidden layers), or free numbers for each class."
    )]
    public ClassPriorFormName Form { get; init; }

    /// <summary>Widths of the hidden layers.</summary>
    [Key("Widths of the network's hidden layers; []: linear.", Min = 1)]
    public ConfigList<int> Hidden { get; init; } = [];

    /// <summary>The function after each hidden layer.</summary>
    [Key("The function after each hidden layer.")]
    public ActivationName Activation { get; init; }

    /// <summary>What makes the network's output a positive scale.</summary>
    [Key("The function that makes the network's output a positive standard deviation.")]
    public ScaleName Scale { get; init; }

    /// <summary>How the network's weights begin.</summary>
    [Key("How the network's weights begin, as in the other networks.")]
    public InitName Init { get; init; }

    /// <inheritdoc/>
    public override bool HasNormalKl => true;

    /// <inheritdoc/>
    public IEnumerable<BrokenRule> Broken()
    {
        if (
            Form == ClassPriorFormName.Free
            && this with { Form = ClassPriorFormName.Network } != new ClassPriorConfig()
        )
        {
            yield return new("form", "form = \"free\" has no network: leave out hidden, activation, scale and init");
        }
    }
}
