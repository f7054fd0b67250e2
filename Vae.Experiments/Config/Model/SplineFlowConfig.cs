namespace Vae.Experiments.Config;

/// <summary>Rational-quadratic spline coupling layers (Durkan et al. 2019, arXiv:1906.04032).</summary>
[Kind(
    "spline",
    "Spline coupling: one half of z stays, the other goes through monotone rational-quadratic splines whose knots come from an MLP of the half that stays and the context; the halves take turns (Durkan et al. 2019, arXiv:1906.04032, eq. 4-8)."
)]
public sealed record SplineFlowConfig : FlowConfig
{
    /// <summary>Widths of each MLP's hidden layers.</summary>
    [Key("Widths of the hidden layers of each MLP, first to last.", Min = 1)]
    public ConfigList<int> Hidden { get; init; } = [256, 256];

    /// <summary>The function after each hidden layer.</summary>
    [Key("The function after each hidden layer.")]
    public ActivationName Activation { get; init; }

    /// <summary>How many bins.</summary>
    [Key("How many bins each spline has.", Min = 2, Max = 100)]
    public int Bins { get; init; } = 8;

    /// <summary>Where the splines end.</summary>
    [Key("The splines cover [-bound, bound]; outside, the map is the identity.", Above = 0)]
    public double Bound { get; init; } = 3.0;

    /// <inheritdoc/>
    public override IEnumerable<BrokenRule> Refuse(int latent)
    {
        if (latent == 1)
        {
            yield return new("kind", "coupling flows need 2 latent dimensions at least, but latent = 1");
        }
    }
}
