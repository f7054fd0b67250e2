using Vae.Core.Distributions;
using Vae.Experiments.Config;

namespace Vae.Experiments.Training;

/// <summary>From the config's record to the likelihood p(x | z) it declares.</summary>
public static class LikelihoodFactory
{
    /// <summary>The likelihood of examples of a shape, [C, H, W] or [D].</summary>
    public static Likelihood Build(LikelihoodConfig config, IReadOnlyList<int> shape)
    {
        long dimensions = shape.Aggregate(1L, (product, size) => product * size);
        return config switch
        {
            BernoulliConfig => new BernoulliLikelihood(),
            ContinuousBernoulliConfig => new ContinuousBernoulliLikelihood(),
            GaussianConfig c => new GaussianLikelihood(dimensions, c.MinScale, c.Normalised),
            UnitGaussianConfig c => new UnitGaussianLikelihood(c.Normalised),
            DiscretisedLogisticConfig c => new DiscretisedLogisticLikelihood(dimensions, c.Components),
            _ => throw new NotSupportedException($"likelihood {config}"),
        };
    }
}
