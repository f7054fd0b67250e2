namespace Vae.Experiments.Config;

/// <summary>Affine coupling layers, RealNVP (Dinh et al. 2017, arXiv:1605.08803).</summary>
[Kind(
    "coupling",
    "Affine coupling: one half of z stays, the other becomes z exp(s) + t with s and t from an MLP of the half that stays and the context; the halves take turns (RealNVP, Dinh et al. 2017, arXiv:1605.08803, eq. 7-8). s = 2 tanh(s'/2), so that a layer scales by e² at most."
)]
public sealed record CouplingFlowConfig : FlowConfig
{
    /// <summary>Widths of each MLP's hidden layers.</summary>
    [Key("Widths of the hidden layers of each MLP, first to last.", Min = 1)]
    public ConfigList<int> Hidden { get; init; } = [256, 256];

    /// <summary>The function after each hidden layer.</summary>
    [Key("The function after each hidden layer.")]
    public ActivationName Activation { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<BrokenRule> Refuse(int latent)
    {
        if (latent == 1)
        {
            yield return new("kind", "coupling flows need 2 latent dimensions at least, but latent = 1");
        }
    }
}
