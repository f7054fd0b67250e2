namespace Vae.Experiments.Config;

/// <summary>The rules between a model's flows, in its posterior and in its prior, and its latent dimensions.</summary>
public static class FlowRules
{
    /// <summary>What is wrong, with paths from the experiment's top.</summary>
    public static IEnumerable<BrokenRule> Broken(EncodedModelConfig model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ConfigList<FlowConfig> prior = model.Prior is FlowPriorConfig p ? p.Flows : [];
        return Of(model.Flows, "model.posterior.flows").Concat(Of(prior, "model.prior.flows"));

        IEnumerable<BrokenRule> Of(ConfigList<FlowConfig> flows, string path) =>
            flows.SelectMany(
                (flow, i) => flow.Refuse(model.Latent).Select(rule => rule with { Key = $"{path}.{i}.{rule.Key}" })
            );
    }
}
