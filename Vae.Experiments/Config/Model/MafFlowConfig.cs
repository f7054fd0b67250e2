namespace Vae.Experiments.Config;

/// <summary>Masked autoregressive flow (Papamakarios et al. 2017, arXiv:1705.07057).</summary>
[Kind(
    "maf",
    "Masked autoregressive flow, y = z exp(s) + t with t and s from a MADE that also gets the context, each followed by a reversal of the dimensions (Papamakarios et al. 2017, arXiv:1705.07057, eq. 4-5). Towards y it takes one pass, back one for each dimension: in a prior, where y is the noise, that's MAF's fast density and slow sampling; in a posterior, where z is the noise, sampling is what is fast."
)]
public sealed record MafFlowConfig : FlowConfig
{
    /// <summary>Widths of each MADE's hidden layers.</summary>
    [Key("Widths of the hidden layers of each MADE, first to last.", Min = 1)]
    public ConfigList<int> Hidden { get; init; } = [256, 256];

    /// <summary>The function after each hidden layer.</summary>
    [Key("The function after each hidden layer.")]
    public ActivationName Activation { get; init; }
}
