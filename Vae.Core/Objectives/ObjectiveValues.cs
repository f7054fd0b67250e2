namespace Vae.Core.Objectives;

/// <summary>The numbers of an objective that may change from step to step.</summary>
/// <param name="Beta">β, what multiplies the KL.</param>
/// <param name="Capacity">C in β |KL − C|, in nats; null is the KL itself.</param>
/// <param name="Reconstruction">What multiplies log p(x | z).</param>
public sealed record ObjectiveValues(double Beta = 1, double? Capacity = null, double Reconstruction = 1)
{
    /// <summary>Those that leave the bound a bound.</summary>
    public static ObjectiveValues Plain { get; } = new();

    /// <summary>What multiplies the KL where the reconstruction counts once; 1 is the ELBO.</summary>
    public double EffectiveKlWeight => Beta / Reconstruction;
}
