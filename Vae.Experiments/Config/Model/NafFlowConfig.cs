namespace Vae.Experiments.Config;

/// <summary>Neural autoregressive flow with deep sigmoidal functions (Huang et al. 2018, arXiv:1804.00779).</summary>
[Kind(
    "naf",
    "Neural autoregressive flow, y = logit(Σ wₖ σ(aₖ z + bₖ)) with a, b and w from a MADE that also gets the context, each followed by a reversal of the dimensions (Huang et al. 2018, arXiv:1804.00779, eq. 8: DSF). The inverse is by bisection, a dimension at a time."
)]
public sealed record NafFlowConfig : FlowConfig
{
    /// <summary>Widths of each MADE's hidden layers.</summary>
    [Key("Widths of the hidden layers of each MADE, first to last.", Min = 1)]
    public ConfigList<int> Hidden { get; init; } = [256, 256];

    /// <summary>The function after each hidden layer.</summary>
    [Key("The function after each hidden layer.")]
    public ActivationName Activation { get; init; } = ActivationName.Elu;

    /// <summary>How many sigmoids.</summary>
    [Key("How many sigmoids are mixed for each dimension, K.", Min = 1)]
    public int Components { get; init; } = 16;
}
