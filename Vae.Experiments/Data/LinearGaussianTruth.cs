namespace Vae.Experiments.Data;

/// <summary>The model that linear-gaussian data is drawn from: z ~ N(0, I), x = W z + b + σ ε, so x ~ N(b, W Wᵀ + σ² I).</summary>
/// <param name="Dimensions">D.</param>
/// <param name="Latent">Z.</param>
/// <param name="Weight">W: [D, Z], row-major.</param>
/// <param name="Bias">b: [D].</param>
/// <param name="Noise">σ.</param>
public sealed record LinearGaussianTruth(int Dimensions, int Latent, double[] Weight, double[] Bias, double Noise);
