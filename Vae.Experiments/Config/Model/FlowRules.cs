namespace Vae.Experiments.Config;

/// <summary>The rules between a model's flows and the place where they stand.</summary>
public static class FlowRules
{
    /// <summary>What is wrong with a list of flows at a path such as "model.posterior.flows".</summary>
    /// <param name="flows">The flows.</param>
    /// <param name="latent">Dimensions of z.</param>
    /// <param name="path">The list's path in the experiment.</param>
    /// <param name="inverted">Whether the flows must be inverted, as a prior's must to give samples.</param>
    public static IEnumerable<BrokenRule> Broken(
        ConfigList<FlowConfig> flows,
        int latent,
        string path,
        bool inverted = false
    )
    {
        ArgumentNullException.ThrowIfNull(flows);
        for (var i = 0; i < flows.Count; i++)
        {
            foreach (BrokenRule rule in flows[i].Refuse(latent))
            {
                yield return rule with
                {
                    Key = $"{path}.{i}.{rule.Key}",
                };
            }

            if (inverted && !flows[i].HasInverse)
            {
                yield return new(
                    $"{path}.{i}.kind",
                    $"\"{Schema.KindOf(flows[i].GetType())}\" has no inverse that can be computed, and a prior needs one for its samples: use \"coupling\", \"spline\", \"iaf\", \"maf\" or \"naf\""
                );
            }
        }
    }
}
