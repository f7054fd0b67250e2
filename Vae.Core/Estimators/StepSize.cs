namespace Vae.Core.Estimators;

/// <summary>The rule by which a pilot run finds the size of the steps: larger where more than the target is accepted, else smaller.</summary>
/// <remarks>
/// One size for all chains: times Increase when the running acceptance is above the target, else times Decrease, and clipped. Wu et al. 2017,
/// arXiv:1611.04273, adapt during the run; since a kernel that looks back at its chain no longer leaves its distribution as it is, we adapt in a pilot
/// run of other noise, and hold the sizes fixed for the estimate.
/// </remarks>
public sealed record StepSize
{
    /// <summary>What the pilot begins with.</summary>
    public double Initial { get; init; } = 0.01;

    /// <summary>The acceptance aimed at.</summary>
    public double Target { get; init; } = 0.65;

    /// <summary>How much of the running acceptance is kept at each move.</summary>
    public double Smoothing { get; init; } = 0.9;

    /// <summary>The factor where more is accepted.</summary>
    public double Increase { get; init; } = 1.02;

    /// <summary>The factor where less is accepted.</summary>
    public double Decrease { get; init; } = 0.98;

    /// <summary>The smallest size.</summary>
    public double Min { get; init; } = 1e-4;

    /// <summary>The largest size.</summary>
    public double Max { get; init; } = 0.5;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Min);
        ArgumentOutOfRangeException.ThrowIfLessThan(Initial, Min);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Initial, Max);
        ArgumentOutOfRangeException.ThrowIfLessThan(Increase, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Decrease, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Decrease);
    }

    /// <summary>The next size and running acceptance after a move of which this part was accepted.</summary>
    internal (double Size, double Running) Next(double size, double running, double accepted)
    {
        running = (Smoothing * running) + ((1 - Smoothing) * accepted);
        return (Math.Clamp(size * (running > Target ? Increase : Decrease), Min, Max), running);
    }
}
