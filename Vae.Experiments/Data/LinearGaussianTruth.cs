using Vae.Core.Models;

namespace Vae.Experiments.Data;

/// <summary>What linear-gaussian and factor-analysis data is drawn from: z ~ N(0, I), x = W z + b + σ ⊙ ε, so x ~ N(b, W Wᵀ + diag σ²).</summary>
/// <param name="Dimensions">D.</param>
/// <param name="Latent">Z.</param>
/// <param name="Weight">W: [D, Z], row-major.</param>
/// <param name="Bias">b: [D].</param>
/// <param name="Noise">σ: [D].</param>
public sealed record LinearGaussianTruth(int Dimensions, int Latent, double[] Weight, double[] Bias, double[] Noise)
{
    private readonly LinearGaussianEvidence evidence = new(Weight, Bias, Noise);

    /// <summary>log p(x), exactly, in nats. x: [D].</summary>
    public double LogEvidence(ReadOnlySpan<float> x) => evidence.Of(x);
}
