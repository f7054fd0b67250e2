namespace Vae.Core.Estimators;

/// <summary>Hamiltonian Monte Carlo: a fresh velocity v ~ N(0, I), L leapfrog steps of size ε, and a Metropolis test of log f_t(z) − ½ v².</summary>
/// <remarks>Neal 2011, arXiv:1206.1901, section 5.3; within annealing, Sohl-Dickstein and Culpepper 2012, arXiv:1205.1925.</remarks>
internal sealed class HamiltonianKernel(int leapfrogSteps) : TransitionKernel
{
    /// <inheritdoc/>
    public override bool NeedsGradient => true;

    /// <inheritdoc/>
    public override (Tensor Z, Tensor Accepted) Move(
        GeometricPath path,
        PathPoint from,
        double t,
        double stepSize,
        ChainNoise noise
    )
    {
        Tensor velocity = noise.Normal(from.Z.shape[^1]);
        Tensor energy = from.LogDensity(t) - Kinetic(velocity);
        PathPoint at = from;
        velocity = velocity + at.Gradient! * (stepSize / 2);
        for (int l = 1; l <= leapfrogSteps; l++)
        {
            at = path.At(at.Z + velocity * stepSize, t, gradient: true);
            velocity = velocity + at.Gradient! * (l < leapfrogSteps ? stepSize : stepSize / 2);
        }

        Tensor accepted = Accepts(at.LogDensity(t) - Kinetic(velocity) - energy, noise);
        return (where(accepted.unsqueeze(-1), at.Z, from.Z), accepted.to(ScalarType.Float64).mean());
    }

    private static Tensor Kinetic(Tensor velocity) => (velocity * velocity).sum(-1) * 0.5;
}
