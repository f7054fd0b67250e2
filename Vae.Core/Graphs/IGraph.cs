namespace Vae.Core.Graphs;

/// <summary>The operations that models are written in. What T is decides what happens: tensors train, shapes describe, ONNX values export.</summary>
/// <remarks>
/// Everything between (x, noise) and log w is written once against this interface; noise is an argument of type T.
/// Shapes broadcast from the right as in NumPy; densities sum over the last axis and are in nats.
/// The densities have a composition of the simple operations as their definition; an interpreter may replace one by a fused operator,
/// and a test holds the two equal.
/// </remarks>
public partial interface IGraph<T>
{
    /// <summary>x Wᵀ + b. x: [..., I], weight: [O, I], bias: [O] → [..., O].</summary>
    T Linear(T x, Parameter weight, Parameter? bias);

    /// <summary>x + b. x: [..., D], bias: [D] → [..., D].</summary>
    T AddBias(T x, Parameter bias);

    /// <summary>A constant of the model, broadcast against what it meets.</summary>
    T Constant(Tensor value);

    T Relu(T x);

    T Tanh(T x);

    /// <summary>x for x &gt; 0, else eˣ − 1.</summary>
    T Elu(T x);

    T Sigmoid(T x);

    /// <summary>log(1 + eˣ).</summary>
    T Softplus(T x);

    /// <summary>log(1 / (1 + e⁻ˣ)) = −log(1 + e⁻ˣ).</summary>
    T LogSigmoid(T x);

    T Exp(T x);

    T Log(T x);

    T Add(T a, T b);

    T Subtract(T a, T b);

    T Multiply(T a, T b);

    T Divide(T a, T b);

    /// <summary>scale · x + shift.</summary>
    T Affine(T x, double scale, double shift);

    /// <summary>Elements start ... start + length − 1 of the last axis.</summary>
    T Slice(T x, long start, long length);

    /// <summary>The last axis in reversed order.</summary>
    T Reverse(T x);

    /// <summary>Sum over the last axis: [..., D] → [...].</summary>
    T SumLast(T x);

    /// <summary>log N(x; 0, I) = −½ Σ (x² + log 2π). [..., D] → [...].</summary>
    T StandardNormalLogDensity(T x) => SumLast(Affine(Multiply(x, x), -0.5, -HalfLog2Pi));

    /// <summary>log N(x; mean, scale²) = −½ Σ (((x − mean) / scale)² + 2 log scale + log 2π). [..., D] → [...].</summary>
    T NormalLogDensity(T x, T mean, T scale)
    {
        T e = Divide(Subtract(x, mean), scale);
        return SumLast(Subtract(Affine(Multiply(e, e), -0.5, -HalfLog2Pi), Log(scale)));
    }

    /// <summary>z = mean + scale · noise and log N(z; mean, scale²), the latter from the noise itself. Kingma and Welling 2014, arXiv:1312.6114, eq. 4.</summary>
    (T Z, T LogDensity) SampleNormal(T mean, T scale, T noise)
    {
        T z = Add(mean, Multiply(scale, noise));
        return (z, Subtract(StandardNormalLogDensity(noise), SumLast(Log(scale))));
    }

    /// <summary>KL(N(mean, scale²) ‖ N(0, I)) = ½ Σ (mean² + scale² − 1) − Σ log scale. [..., D] → [...]. arXiv:1312.6114, appendix B.</summary>
    T NormalKl(T mean, T scale) => SumLast(NormalKlByDimension(mean, scale));

    /// <summary>log p(x) of independent Bernoullis with log-odds ℓ: Σ x ℓ − log(1 + e^ℓ). [..., D] → [...].</summary>
    T BernoulliLogDensity(T x, T logits) => SumLast(Subtract(Multiply(x, logits), Softplus(logits)));

    /// <summary>y = σ z + (1 − σ) m with σ = sigmoid(s), and log |det ∂y/∂z| for m and s held fixed: Σ log σ. [..., D] → [..., D], [...]. arXiv:1606.04934, eq. 13–14.</summary>
    (T Y, T LogDet) GatedAffine(T z, T m, T s) =>
        (Add(m, Multiply(Sigmoid(s), Subtract(z, m))), SumLast(LogSigmoid(s)));

    /// <summary>½ log 2π.</summary>
    protected const double HalfLog2Pi = 0.91893853320467274178;
}
