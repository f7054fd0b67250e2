namespace Vae.Experiments.Config;

/// <summary>A standard normal seen through flows.</summary>
[Kind(
    "flow",
    "A standard normal seen through flows, which take z to it in their order; a sample goes back through their inverses. The objective elbo needs `kl = \"monte-carlo\"` (Chen et al. 2017, arXiv:1611.02731)."
)]
public sealed record FlowPriorConfig : PriorConfig, IRules
{
    /// <summary>The flows from z to the standard normal.</summary>
    [Key("The flows from z to the standard normal.")]
    public ConfigList<FlowConfig> Flows { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<BrokenRule> Broken()
    {
        if (Flows.Count == 0)
        {
            yield return new(
                "flows",
                "the prior \"flow\" needs at least one [[model.prior.flows]]; without one it is the prior \"normal\""
            );
        }

        for (var i = 0; i < Flows.Count; i++)
        {
            if (!Flows[i].HasInverse)
            {
                yield return new(
                    $"flows.{i}.kind",
                    $"the flow \"{Schema.KindOf(Flows[i].GetType())}\" has no inverse that can be computed, so a prior made of it could not be sampled; it can only stand in [[model.posterior.flows]]"
                );
            }
        }
    }
}
