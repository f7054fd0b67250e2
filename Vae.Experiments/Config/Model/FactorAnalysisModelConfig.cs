namespace Vae.Experiments.Config;

/// <summary>Factor analysis.</summary>
[Kind(
    "factor-analysis",
    "Factor analysis: x = W z + noise of a variance for each dimension, q(z|x) normal with mean V x and one covariance for all x. Its evidence and its ELBO are known exactly (`[[evaluate]] kind = \"exact\"`)."
)]
public sealed record FactorAnalysisModelConfig : ModelConfig
{
    /// <inheritdoc/>
    public override string InWords() => $"factor analysis, z {Latent}";

    /// <inheritdoc/>
    public override IEnumerable<BrokenRule> Broken(ExperimentConfig experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        if (experiment.Data.IsBinary || experiment.Data.IsGrey)
        {
            yield return new(
                "model.kind",
                $"factor analysis is a normal density of real-valued data, and data \"{Schema.KindOf(experiment.Data.GetType())}\" has pixels"
            );
        }

        if (experiment.Objective is DregObjectiveConfig)
        {
            yield return new(
                "objective.kind",
                "the objective \"dreg\" is not made for factor analysis: use kind = \"elbo\" or \"iwae\""
            );
        }
    }
}
