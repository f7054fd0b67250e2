namespace Vae.Core.Graphs;

/// <summary>What densities need beyond the simple operations: choices, mixtures, and the continuous Bernoulli's normaliser.</summary>
public partial interface IGraph<T>
{
    /// <summary>A learned tensor, broadcast against what it meets.</summary>
    T Learned(Parameter value);

    /// <summary>1 where x &gt; 0, else 0; without a gradient.</summary>
    T Step(T x);

    /// <summary>yes where x &gt; 0, else no; only the one that is taken gets a gradient, so the other must be finite.</summary>
    T Where(T x, T yes, T no);

    /// <summary>Φ(x), the standard normal's distribution function: ½ (1 + erf(x / √2)).</summary>
    T NormalCdf(T x);

    /// <summary>log Σ exp over the last axis, stably: [..., K] → [...].</summary>
    T LogSumExp(T x);

    /// <summary>Running sums along the last axis, each with its own number: yᵢ = x₁ + ... + xᵢ.</summary>
    T CumulativeSum(T x);

    /// <summary>An axis of length 1 before the last one: [..., D] → [..., 1, D].</summary>
    T InsertAxis(T x);

    /// <summary>Rows of a table, by number from 0: [K, D], [...] of whole numbers → [..., D].</summary>
    T Rows(T table, T index);

    /// <summary>Each of K normals' log N(z; mean, scale²). z: [..., Z], mean, scale: [K, Z] → [..., K].</summary>
    T NormalLogDensities(T z, T mean, T scale) => NormalLogDensity(InsertAxis(z), mean, scale);

    /// <summary>|x|.</summary>
    T Abs(T x) => Add(Relu(x), Relu(Affine(x, -1, 0)));

    /// <summary>log(sinh(x/2) / (x/2)) = log ∫₀¹ exp(x (t − ½)) dt, an even function: x²/24 − x⁴/2880 + ... near 0, |x|/2 − log |x| far from it.</summary>
    T LogSinhc(T x)
    {
        var (a, near, far) = Halves(x);
        T exact = Subtract(Add(Affine(far, 0.5, 0), Log(Affine(Exp(Affine(far, -1, 0)), -1, 1))), Log(far));
        T q = Multiply(near, near);
        T series = Multiply(q, Polynomial(q, 1 / 24.0, -1 / 2880.0, 1 / 181440.0, -1 / 9676800.0, 1 / 479001600.0));
        return Where(a, exact, series);
    }

    /// <summary>The derivative of <see cref="LogSinhc"/>, an odd function: ½ coth(x/2) − 1/x, which is x/12 − x³/720 + ... near 0.</summary>
    T LogSinhcSlope(T x)
    {
        var (a, near, far) = Halves(x);
        T e = Exp(Affine(far, -1, 0));
        T coth = Divide(Affine(e, 1, 1), Affine(e, -1, 1));
        T exact = Divide(Subtract(Affine(coth, 0.5, 0), Divide(Affine(far, 0, 1), far)), far);
        T q = Multiply(near, near);
        T series = Polynomial(q, 1 / 12.0, -1 / 720.0, 1 / 30240.0, -1 / 1209600.0, 1 / 47900160.0);
        return Multiply(x, Where(a, exact, series)); // odd: x times an even function
    }

    // |x| less the border between series and formula; |x| cut off at the border from above; and from below.
    private (T Over, T Near, T Far) Halves(T x)
    {
        T a = Abs(x);
        T over = Affine(a, 1, -Border);
        T beyond = Relu(over);
        return (over, Subtract(a, beyond), Affine(beyond, 1, Border));
    }

    // c₀ + c₁ q + c₂ q² + ... by Horner.
    private T Polynomial(T q, params ReadOnlySpan<double> c)
    {
        T sum = Affine(q, c[^1], c[^2]);
        for (int i = c.Length - 3; i >= 0; i--)
        {
            sum = Affine(Multiply(sum, q), 1, c[i]);
        }

        return sum;
    }

    // With five terms the series is off by less than 1e-13 here, and the formula loses one digit.
    private const double Border = 0.5;
}
