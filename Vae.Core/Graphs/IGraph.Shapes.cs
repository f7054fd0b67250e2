namespace Vae.Core.Graphs;

public partial interface IGraph<T>
{
    /// <summary>Joined along the last axis; the axes before it broadcast. [..., A], [..., B] → [..., A + B].</summary>
    T Concat(params T[] parts);

    /// <summary>The last axis as several: [..., A · B] → [..., A, B].</summary>
    T Unflatten(T x, params long[] sizes);

    /// <summary>The last axes as one: [..., A, B] → [..., A · B].</summary>
    T Flatten(T x, int axes = 2);
}
