namespace Vae.Experiments.Config;

/// <summary>The rules between a model's flows and the latent dimensions that they stand in.</summary>
public static class FlowRules
{
    /// <summary>What is wrong with a list of flows at a path such as "model.posterior.flows".</summary>
    public static IEnumerable<BrokenRule> Broken(ConfigList<FlowConfig> flows, int latent, string path)
    {
        ArgumentNullException.ThrowIfNull(flows);
        return flows.SelectMany(
            (flow, i) => flow.Refuse(latent).Select(rule => rule with { Key = $"{path}.{i}.{rule.Key}" })
        );
    }
}
