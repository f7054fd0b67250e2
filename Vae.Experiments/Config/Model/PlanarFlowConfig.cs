namespace Vae.Experiments.Config;

/// <summary>Planar flows (Rezende and Mohamed 2015, arXiv:1505.05770).</summary>
[Kind(
    "planar",
    "Planar flow, y = z + u tanh(wᵀz + b) with u, w and b from the context, u bent so that the map is invertible (Rezende and Mohamed 2015, arXiv:1505.05770, eq. 10). No inverse that can be computed."
)]
public sealed record PlanarFlowConfig : FlowConfig
{
    /// <inheritdoc/>
    public override bool HasInverse => false;
}
