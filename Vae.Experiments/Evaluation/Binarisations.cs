using Vae.Experiments.Data;

namespace Vae.Experiments.Evaluation;

/// <summary>What is stamped on every number, since likelihoods of differently binarised data must not be compared.</summary>
public static class Binarisations
{
    /// <summary>"none", "grey", "dequantised", "static", "dynamic" or "threshold".</summary>
    public static string NameOf(Binarisation binarisation) => binarisation.ToString().ToLowerInvariant();
}
