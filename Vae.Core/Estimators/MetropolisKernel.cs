namespace Vae.Core.Estimators;

/// <summary>Metropolis and Hastings with the symmetric proposal z + ε n, n ~ N(0, I), some times one after the other.</summary>
/// <remarks>As the kernel of annealed importance sampling: Neal 2001, arXiv:physics/9803008.</remarks>
internal sealed class MetropolisKernel(int proposals) : TransitionKernel
{
    /// <inheritdoc/>
    public override bool NeedsGradient => false;

    /// <inheritdoc/>
    public override (Tensor Z, Tensor Accepted) Move(
        GeometricPath path,
        PathPoint from,
        double t,
        double stepSize,
        ChainNoise noise
    )
    {
        Tensor z = from.Z;
        Tensor logDensity = from.LogDensity(t);
        Tensor rate = zeros([], ScalarType.Float64, z.device);
        for (int i = 0; i < proposals; i++)
        {
            Tensor proposed = z + noise.Normal(z.shape[^1]) * stepSize;
            Tensor there = path.At(proposed, t, gradient: false).LogDensity(t);
            Tensor accepted = Accepts(there - logDensity, noise);
            z = where(accepted.unsqueeze(-1), proposed, z);
            logDensity = where(accepted, there, logDensity);
            rate = rate + accepted.to(ScalarType.Float64).mean() / proposals;
        }

        return (z, rate);
    }
}
