namespace Vae.Experiments.Config;

/// <summary>The exact log p(x).</summary>
[Kind("exact", "log p(x) and ELBO in closed form, for a model that has one: factor-analysis.")]
public sealed record ExactEvaluateConfig : EvaluateConfig
{
    /// <summary>No samples.</summary>
    public override long Count => 0;

    /// <inheritdoc/>
    public override IEnumerable<BrokenRule> Broken(ExperimentConfig experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        if (experiment.Model is not FactorAnalysisModelConfig)
        {
            yield return new(
                "kind",
                $"there is no closed form of log p(x) for the model \"{Schema.KindOf(experiment.Model.GetType())}\", only for \"factor-analysis\": use kind = \"importance\" or \"hais\""
            );
        }
    }
}
