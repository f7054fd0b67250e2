namespace Vae.Core.Estimators;

/// <summary>A move of the chains that leaves f_t as it is.</summary>
internal abstract class TransitionKernel
{
    /// <summary>Whether a move begins with the gradient of log f_t.</summary>
    public abstract bool NeedsGradient { get; }

    /// <summary>The chains after the move, and what part of the proposals was accepted: [C, B, Z], [].</summary>
    public abstract (Tensor Z, Tensor Accepted) Move(
        GeometricPath path,
        PathPoint from,
        double t,
        double stepSize,
        ChainNoise noise
    );

    /// <summary>The kernel that an annealing asks for.</summary>
    public static TransitionKernel Of(Annealing annealing) =>
        annealing.Kernel == AnnealingKernel.Hamiltonian
            ? new HamiltonianKernel(annealing.Steps)
            : new MetropolisKernel(annealing.Steps);

    // A NaN or infinite proposal isn't less than anything: it is refused.
    protected static Tensor Accepts(Tensor logRatio, ChainNoise noise) => noise.Uniform().log().lt(logRatio);
}
