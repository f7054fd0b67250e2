using Vae.Core.Networks;

namespace Vae.Core.Graphs;

public partial interface IGraph<T>
{
    /// <summary>
    /// x (W ⊙ M)ᵀ + b with a mask of zeros and ones, a product for each panel of outputs with the inputs that live there.
    /// x: [..., I], weight, mask: [O, I], bias: [O] → [..., O].
    /// </summary>
    T MaskedLinear(T x, Parameter weight, Tensor mask, Parameter? bias, IReadOnlyList<Panel> panels);

    /// <summary>Matrix product over the last two axes; those before broadcast. [..., I, J], [..., J, K] → [..., I, K].</summary>
    T MatMul(T a, T b);

    /// <summary>The last two axes exchanged.</summary>
    T Transpose(T x);

    /// <summary>A last axis of length 1 more: [...] → [..., 1].</summary>
    T Column(T x);

    /// <summary>Sum over the last axis, which stays as one of length 1: [..., D] → [..., 1].</summary>
    T SumLastKept(T x) => Column(SumLast(x));

    /// <summary>log Σ exp over the last axis, which stays as one of length 1: [..., D] → [..., 1].</summary>
    T LogSumExpKept(T x) => Column(LogSumExp(x));

    T Sqrt(T x);
}
