namespace Vae.Experiments.Config;

/// <summary>Inverse autoregressive flow (Kingma et al. 2016, arXiv:1606.04934).</summary>
[Kind(
    "iaf",
    "Inverse autoregressive flow, y = σ(s + b) z + (1 − σ(s + b)) m with m and s from a MADE that also gets the context (Kingma et al. 2016, arXiv:1606.04934, eq. 13-14)."
)]
public sealed record IafConfig : FlowConfig
{
    /// <summary>Widths of each MADE's hidden layers.</summary>
    [Key("Widths of the hidden layers of each MADE, first to last.", Min = 1)]
    public ConfigList<int> Hidden { get; init; } = [256, 256];

    /// <summary>The function after each hidden layer.</summary>
    [Key("The function after each hidden layer.")]
    public ActivationName Activation { get; init; }

    /// <summary>How the masks are made.</summary>
    [Key(
        "random: hidden units of random degrees; block: contiguous blocks, for which hidden widths must be multiples or divisors of `latent`."
    )]
    public IafMasksName Masks { get; init; }

    /// <summary>How consecutive flows come to hear the dimensions in another order.</summary>
    [Key(
        "reversal: the dimensions are reversed after each flow, the last too; alternate: every other flow has reversed masks instead."
    )]
    public IafOrderName Order { get; init; }

    /// <summary>How the context enters.</summary>
    [Key(
        "first-layer: through a matrix into the first layer; added: as it is to the first hidden layer's activations, or through that matrix where it isn't as wide."
    )]
    public IafContextName ContextIn { get; init; }

    /// <summary>The normalisation of hidden layers and of m and s.</summary>
    [Key("batch: batch normalisation of the hidden layers, before the function, and of m and s, in place of biases.")]
    public IafNormName Norm { get; init; }

    /// <summary>The gate's bias before training.</summary>
    [Key(
        "The gate's learned bias b before training, with batch normalisation the shift of s; the larger, the nearer to the identity the flow begins."
    )]
    public double GateBias { get; init; } = 2.0;

    /// <summary>Without gates.</summary>
    [Key("Whether the flow only shifts, y = z + m, and has no gate: then the log-determinant is 0.")]
    public bool Shift { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<BrokenRule> Refuse(int latent)
    {
        if (Masks != IafMasksName.Block)
        {
            yield break;
        }

        if (latent == 1)
        {
            yield return new("masks", "block masks need 2 latent dimensions at least, but latent = 1");
        }
        else if (Hidden.FirstOrDefault(width => width % latent != 0 && latent % width != 0) is > 0 and var odd)
        {
            yield return new(
                "hidden",
                $"block masks need hidden widths that are multiples or divisors of latent = {latent}, found {odd}"
            );
        }
    }
}
