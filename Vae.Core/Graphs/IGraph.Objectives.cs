namespace Vae.Core.Graphs;

public partial interface IGraph<T>
{
    /// <summary>Whether gradients are wanted: not of an estimate, nor where a model is exported or described.</summary>
    bool Learns { get; }

    /// <summary>x as a constant: no gradient flows through it.</summary>
    T Stop(T x);

    /// <summary>KL(N(mean, scale²) ‖ N(0, I)) of each dimension, ½ (mean² + scale² − 1) − log scale. [..., D] → [..., D]. arXiv:1312.6114, appendix B.</summary>
    T NormalKlByDimension(T mean, T scale) =>
        Subtract(Affine(Add(Multiply(mean, mean), Multiply(scale, scale)), 0.5, -0.5), Log(scale));
}
