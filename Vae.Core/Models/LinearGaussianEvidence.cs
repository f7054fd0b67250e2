namespace Vae.Core.Models;

/// <summary>The evidence of x = W z + b + σ ⊙ ε with z, ε ~ N(0, I): log p(x) = log N(x; b, W Wᵀ + diag σ²), exactly, in float64.</summary>
/// <remarks>
/// W: [D, Z], b, σ: [D], x: [D] → nats. With L Lᵀ = W Wᵀ + diag σ² it is −½ ‖L⁻¹(x − b)‖² − Σ log Lᵢᵢ − D/2 log 2π.
/// Bishop 2006, Pattern Recognition and Machine Learning, eq. 12.35-12.36 and, for a σ in each dimension, 12.65.
/// </remarks>
public sealed class LinearGaussianEvidence
{
    private readonly double[] factor; // L: [D, D], row-major
    private readonly double[] mean;
    private readonly double constant;

    /// <summary>The evidence under parameters W (row-major), b and σ.</summary>
    public LinearGaussianEvidence(ReadOnlySpan<double> weight, ReadOnlySpan<double> bias, ReadOnlySpan<double> sigma)
    {
        int d = bias.Length;
        if (sigma.Length != d || d == 0 || weight.Length % d != 0)
        {
            throw new ArgumentException(
                $"W has {weight.Length} numbers, b {bias.Length} and sigma {sigma.Length}; they must be D Z, D and D."
            );
        }

        foreach (double s in sigma)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(s, nameof(sigma));
        }

        int latent = weight.Length / d;
        factor = new double[d * d];
        mean = bias.ToArray();
        constant = -0.5 * d * Math.Log(2 * Math.PI);
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = i == j ? sigma[i] * sigma[i] : 0;
                for (int k = 0; k < latent; k++)
                {
                    sum += weight[(i * latent) + k] * weight[(j * latent) + k];
                }

                for (int k = 0; k < j; k++)
                {
                    sum -= factor[(i * d) + k] * factor[(j * d) + k];
                }

                factor[(i * d) + j] = i == j ? Math.Sqrt(sum) : sum / factor[(j * d) + j];
            }

            constant -= Math.Log(factor[(i * d) + i]);
        }
    }

    /// <summary>log p(x), in nats.</summary>
    public double Of(ReadOnlySpan<float> x)
    {
        int d = mean.Length;
        if (x.Length != d)
        {
            throw new ArgumentException($"x has {x.Length} numbers; the model has {d} dimensions.");
        }

        Span<double> standard = d <= 256 ? stackalloc double[d] : new double[d]; // L⁻¹(x − b)
        double squares = 0;
        for (int i = 0; i < d; i++)
        {
            double rest = x[i] - mean[i];
            for (int k = 0; k < i; k++)
            {
                rest -= factor[(i * d) + k] * standard[k];
            }

            standard[i] = rest / factor[(i * d) + i];
            squares += standard[i] * standard[i];
        }

        return constant - (0.5 * squares);
    }
}
