using Vae.Core.Distributions;

namespace Vae.Core.Models;

/// <summary>What a step of a recurrent model hears of those before it: x_{t−1}, z_{t−1}, and (h, c) of each cell; all 0 at first.</summary>
public sealed record RecurrentState<T>(T X, T Z, IReadOnlyList<(T H, T C)> Cells);

/// <summary>One step of a recurrent model.</summary>
/// <param name="Cells">(h_t, c_t) of each cell, from the bottom to the top.</param>
/// <param name="Prior">Computes p(z_t | h_t).</param>
/// <param name="Posterior">Computes q(z_t | h_t, x_t) of an x_t.</param>
/// <param name="Parameters">Computes the decoder's output for a z_t.</param>
public sealed record RecurrentStep<T>(
    IReadOnlyList<(T H, T C)> Cells,
    Func<Normal<T>> Prior,
    Func<T, Normal<T>> Posterior,
    Func<T, T> Parameters
);
