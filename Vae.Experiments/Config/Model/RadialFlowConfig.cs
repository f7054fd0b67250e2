namespace Vae.Experiments.Config;

/// <summary>Radial flows (Rezende and Mohamed 2015, arXiv:1505.05770).</summary>
[Kind(
    "radial",
    "Radial flow, y = z + β (z − c) / (α + |z − c|) with c, α and β from the context, β ≥ −α so that the map is invertible (Rezende and Mohamed 2015, arXiv:1505.05770, eq. 14). No inverse that can be computed."
)]
public sealed record RadialFlowConfig : FlowConfig
{
    /// <inheritdoc/>
    public override bool HasInverse => false;
}
