using Vae.Core.Distributions;
using Vae.Experiments.Config;

namespace Vae.Experiments.Training;

/// <summary>From the config's record to the prior p(z) it declares.</summary>
public static class PriorFactory
{
    /// <summary>The prior over so many latent dimensions.</summary>
    public static Prior Build(PriorConfig config, long latent) =>
        config switch
        {
            NormalPriorConfig => new StandardNormalPrior(latent),
            _ => throw new NotSupportedException($"prior {config}"),
        };
}
