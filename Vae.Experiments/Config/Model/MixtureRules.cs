namespace Vae.Experiments.Config;

/// <summary>The rules of models that sum out a class.</summary>
internal static class MixtureRules
{
    internal static IEnumerable<BrokenRule> Broken(EncodedModelConfig model, ExperimentConfig experiment)
    {
        if (model.Flows.Count > 0)
        {
            yield return new(
                "model.posterior.flows",
                $"kind = \"{Schema.KindOf(model.GetType())}\" sums out the class with a normal q(z|x,y) for each; flows in the posterior are for kind = \"vae\" and \"cvae\" without a classifier"
            );
        }

        if (model.Prior is not (ClassPriorConfig or NormalPriorConfig))
        {
            yield return new(
                "model.prior.kind",
                $"where the class is summed out the prior is \"class\", p(z|y), or \"normal\" for all classes, not \"{Schema.KindOf(model.Prior.GetType())}\""
            );
        }

        if (experiment.Objective is DregObjectiveConfig)
        {
            yield return new(
                "objective.kind",
                $"the objective \"dreg\" is for one sample of z with its density; kind = \"{Schema.KindOf(model.GetType())}\" sums out the class: use kind = \"iwae\""
            );
        }

        if (experiment.Objective is ElboObjectiveConfig { FreeBits: > 0 })
        {
            yield return new(
                "objective.free_bits",
                "free_bits are for a KL of latent dimensions alone; here the class has its part in it"
            );
        }
    }
}
