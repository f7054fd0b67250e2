using Vae.Core.Graphs;

namespace Vae.Core.Distributions;

/// <summary>Each grey value k/255 is a mixture of M logistics, cut into 256 bins: P(k) = Σⱼ πⱼ [σ((v + 1/255 − μⱼ)/sⱼ) − σ((v − 1/255 − μⱼ)/sⱼ)], v = 2k/255 − 1.</summary>
/// <remarks>
/// The bins at 0 and 255 take the tails, so the probabilities sum to one. The decoder gives M logits of π, M means μ and M values log s for each of the
/// D values (colour channels are independent given z); log s is cut at −7 as in the published code.
/// With a = v − 1/255, b = v + 1/255 and δ = 2/(255 s), σ((b − μ)/s) − σ((a − μ)/s) = σ((b − μ)/s) σ((μ − a)/s) (1 − e^−δ), and
/// log(1 − e^−δ) = log δ − δ/2 + log(sinh(δ/2)/(δ/2)), so nothing cancels however narrow or far off a logistic is.
/// x: [B, D] of k/255, parameters: [..., B, 3M · D] → [..., B], nats, a log-probability. Salimans et al. 2017, arXiv:1701.05517, eq. 1–2.
/// </remarks>
public sealed class DiscretisedLogisticLikelihood : Likelihood
{
    private const double MinLogScale = -7;
    private readonly long dimensions;
    private readonly int components;

    /// <summary>M components for each of D values.</summary>
    public DiscretisedLogisticLikelihood(long dimensions, int components)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(components, 1);
        this.dimensions = dimensions;
        this.components = components;
    }

    /// <inheritdoc/>
    public override int ParametersPerDimension => 3 * components;

    /// <inheritdoc/>
    public override T LogDensity<T>(IGraph<T> g, T x, T parameters)
    {
        T level = g.Affine(x, 255, 0);
        T above = g.Step(g.Affine(level, 1, -0.5)); // 0 in the lowest bin, which is open below
        T below = g.Step(g.Affine(level, -1, 254.5)); // 0 in the highest, which is open above
        T inside = g.Multiply(above, below);
        T v = g.Affine(x, 2, -1);
        T joint = Sum(g, Components(g, parameters).Select(c => g.Add(c.Logit, LogProbability(c.Mean, c.LogScale))));
        return g.SumLast(g.Subtract(joint, LogNormaliser(g, parameters)));

        T LogProbability(T mean, T logScale)
        {
            T error = g.Subtract(v, mean);
            T inverse = g.Exp(g.Affine(logScale, -1, 0));
            T upper = g.LogSigmoid(g.Multiply(g.Affine(error, 1, 1 / 255.0), inverse));
            T lower = g.LogSigmoid(g.Multiply(g.Affine(error, -1, 1 / 255.0), inverse));
            T width = g.Affine(inverse, 2 / 255.0, 0);
            T logWidth = g.Affine(logScale, -1, Math.Log(2 / 255.0));
            T bin = g.Add(g.Subtract(logWidth, g.Affine(width, 0.5, 0)), g.LogSinhc(width));
            return g.Add(g.Add(g.Multiply(below, upper), g.Multiply(above, lower)), g.Multiply(inside, bin));
        }
    }

    /// <summary>The mean of the mixture with every logistic's tails cut off at 0 and 1, within half a grey level of the bins' own mean.</summary>
    /// <remarks>∫₀¹ P(X &gt; t) dt = ½ s [softplus((μ + 1)/s) − softplus((μ − 1)/s)] for X = (v + 1)/2.</remarks>
    public override T Mean<T>(IGraph<T> g, T parameters)
    {
        T normaliser = LogNormaliser(g, parameters);
        return Components(g, parameters).Select(Cut).Aggregate(g.Add);

        T Cut((T Logit, T Mean, T LogScale) c)
        {
            T inverse = g.Exp(g.Affine(c.LogScale, -1, 0));
            T upper = g.Softplus(g.Multiply(g.Affine(c.Mean, 1, 1), inverse));
            T lower = g.Softplus(g.Multiply(g.Affine(c.Mean, 1, -1), inverse));
            T mean = g.Multiply(g.Affine(g.Exp(c.LogScale), 0.5, 0), g.Subtract(upper, lower));
            return g.Multiply(g.Exp(g.Subtract(c.Logit, normaliser)), mean);
        }
    }

    /// <summary>One number for the component, one for its logistic.</summary>
    public override int NoisePerDimension => 2;

    /// <summary>μⱼ + sⱼ logit(u) of a component j ~ π, at the nearest of the 256 levels.</summary>
    /// <inheritdoc/>
    public override Tensor Sample(Tensor parameters, Tensor noise)
    {
        var g = new TensorGraph();
        Tensor choice = Uniform(noise.narrow(-1, 0, dimensions));
        Tensor u = Uniform(noise.narrow(-1, dimensions, dimensions)).clamp(1e-7, 1 - 1e-7);
        Tensor logit = u.log() - (1 - u).log();
        Tensor normaliser = LogNormaliser(g, parameters);
        Tensor below = zeros_like(choice);
        Tensor v = zeros_like(choice);
        foreach (var (weight, mean, logScale) in Components(g, parameters))
        {
            // The first component whose cumulated weight exceeds the choice is the one; the last takes what rounding leaves.
            v = where(choice.ge(below), mean + logScale.exp() * logit, v);
            below = below + (weight - normaliser).exp();
        }

        return v.add(1).mul(127.5).add(0.5).floor().clamp(0, 255).div(255);
    }

    private T LogNormaliser<T>(IGraph<T> g, T parameters) =>
        Sum(g, Enumerable.Range(0, components).Select(j => Slice(g, parameters, j)));

    // log Σ exp over the components.
    private static T Sum<T>(IGraph<T> g, IEnumerable<T> logs) => g.LogSumExp(g.Concat([.. logs.Select(g.Column)]));

    private IEnumerable<(T Logit, T Mean, T LogScale)> Components<T>(IGraph<T> g, T parameters) =>
        from j in Enumerable.Range(0, components)
        let raw = Slice(g, parameters, 2 * components + j)
        let logScale = g.Affine(g.Relu(g.Affine(raw, 1, -MinLogScale)), 1, MinLogScale)
        select (Slice(g, parameters, j), Slice(g, parameters, components + j), logScale);

    private T Slice<T>(IGraph<T> g, T parameters, int parameter) =>
        g.Slice(parameters, parameter * dimensions, dimensions);
}
