using Vae.Core.Distributions;
using Vae.Experiments.Config;

namespace Vae.Experiments.Training;

/// <summary>From the config's record to the likelihood p(x | z) it declares.</summary>
public static class LikelihoodFactory
{
    /// <summary>The likelihood.</summary>
    public static Likelihood Build(LikelihoodConfig config) =>
        config switch
        {
            BernoulliConfig => new BernoulliLikelihood(),
            UnitGaussianConfig => new UnitGaussianLikelihood(),
            _ => throw new NotSupportedException($"likelihood {config}"),
        };
}
