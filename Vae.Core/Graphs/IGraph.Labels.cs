using Vae.Core.Networks;

namespace Vae.Core.Graphs;

/// <content>What conditional, mixture and recurrent models need.</content>
public partial interface IGraph<T>
{
    /// <summary>[x, more] Wᵀ + b, where x and more broadcast. [..., I], [..., J] → [..., O]; weight: [O, I + J].</summary>
    T Linear(T x, T more, Kernel kernel, Parameter? bias) => Linear(Concat(x, more), kernel, bias);

    /// <summary>In training each number is 0 with a probability, and otherwise grows by 1 / (1 − rate); elsewhere nothing happens. Srivastava et al. 2014.</summary>
    T Dropout(T x, double rate) => x;

    /// <summary>KL(N(m, s²) ‖ N(μ, σ²)) of each dimension, ½ ((s² + (m − μ)²) / σ² − 1) + log σ − log s. [..., D] → [..., D].</summary>
    T NormalKlByDimension(T mean, T scale, T priorMean, T priorScale)
    {
        T difference = Divide(Subtract(mean, priorMean), priorScale);
        T ratio = Divide(scale, priorScale);
        T squares = Add(Multiply(difference, difference), Multiply(ratio, ratio));
        return Subtract(Affine(squares, 0.5, -0.5), Log(ratio));
    }
}
