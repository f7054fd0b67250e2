namespace Vae.Core.Models;

/// <summary>K samples of a posterior q(z | x), and what is known of it.</summary>
/// <param name="Z">z ~ q(z | x): [K, B, Z].</param>
/// <param name="LogQ">log q(z | x): [K, B], nats.</param>
/// <param name="Kl">Computes KL(q(z | x) ‖ p(z)) in closed form, [B], or [K, B] where it is of a part given samples of the rest; null where there is no formula.</param>
public sealed record PosteriorSample<T>(T Z, T LogQ, Func<T>? Kl)
{
    /// <summary>Computes the closed-form KL of each latent dimension, [B, Z], whose sum is the KL; null where it doesn't come apart.</summary>
    public Func<T>? KlByDimension { get; init; }

    /// <summary>log q(z | x) at any z, with q held fixed: gradients flow to z alone. Null where it can't be computed, as after flows.</summary>
    public Func<T, T>? FixedLogQ { get; init; }
}
