namespace Vae.Core.Estimators;

/// <summary>What leads from the start of an annealed estimate to p(x, z), and how.</summary>
/// <remarks>
/// The defaults are those of hamiltonian annealed importance sampling as used for autoencoders (Wu et al. 2017, arXiv:1611.04273, section 3).
/// </remarks>
public sealed record Annealing
{
    /// <summary>T, the number of distributions on the path, both ends included.</summary>
    public int Temperatures { get; init; } = 500;

    /// <summary>How t goes from 0 to 1.</summary>
    public AnnealingSchedule Schedule { get; init; } = AnnealingSchedule.Sigmoid;

    /// <summary>Where the path begins.</summary>
    public AnnealingStart Start { get; init; } = AnnealingStart.Prior;

    /// <summary>What moves the chains at each temperature.</summary>
    public AnnealingKernel Kernel { get; init; } = AnnealingKernel.Hamiltonian;

    /// <summary>Leapfrog steps of a hamiltonian move; proposals, one after the other, of Metropolis and Hastings.</summary>
    public int Steps { get; init; } = 10;

    /// <summary>How the pilot chooses the size of a step.</summary>
    public StepSize StepSize { get; init; } = new();

    /// <summary>How many moves the pilot run makes at least; 0: no pilot, every step has the initial size.</summary>
    public int PilotMoves { get; init; } = 500;

    /// <summary>t₀ = 0 &lt; ... &lt; t_T₋₁ = 1; sigmoid: σ(u) for u from −4 to 4 in equal steps, rescaled to [0, 1].</summary>
    public IReadOnlyList<double> Times()
    {
        double[] u = [.. Enumerable.Range(0, Temperatures).Select(i => (double)i / (Temperatures - 1))];
        return Schedule == AnnealingSchedule.Linear ? u : [.. u.Select(Rescaled)];
    }

    /// <summary>Refuses numbers that make no path.</summary>
    internal Annealing Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Temperatures, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(Steps, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(PilotMoves);
        StepSize.Check();
        return this;
    }

    // (σ(8u − 4) − σ(−4)) / (σ(4) − σ(−4)) = (tanh(4u − 2) + tanh 2) / (2 tanh 2).
    private static double Rescaled(double u) => (Math.Tanh((4 * u) - 2) + Math.Tanh(2)) / (2 * Math.Tanh(2));
}

/// <summary>How t goes from 0 to 1 on the path of an annealed estimate.</summary>
public enum AnnealingSchedule
{
    /// <summary>In small steps near both ends, where the distributions change fastest.</summary>
    Sigmoid,

    /// <summary>In equal steps.</summary>
    Linear,
}

/// <summary>Where the path of an annealed estimate begins.</summary>
public enum AnnealingStart
{
    /// <summary>At p(z): the encoder has no part in the estimate.</summary>
    Prior,

    /// <summary>At q(z | x), which must be known at any z.</summary>
    Posterior,
}

/// <summary>What moves the chains of an annealed estimate.</summary>
public enum AnnealingKernel
{
    /// <summary>Hamiltonian Monte Carlo: leapfrog steps along the gradient, then a Metropolis test.</summary>
    Hamiltonian,

    /// <summary>Metropolis and Hastings with normal proposals: no gradient.</summary>
    Metropolis,
}
