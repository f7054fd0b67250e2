using Vae.Core.Graphs;

namespace Vae.Core.Distributions;

/// <summary>A mixture of K normals with diagonal covariances: log p(z) = log Σₖ wₖ N(z; mₖ, sₖ²), w = softmax(logits).</summary>
/// <remarks>logits: [K], components: [K, Z]; z: [..., Z] → [...], nats.</remarks>
public sealed record NormalMixture<T>(T Logits, Normal<T> Components)
{
    /// <summary>log p(z).</summary>
    public T LogDensity(IGraph<T> g, T z)
    {
        T joint = g.Add(Logits, g.NormalLogDensities(z, Components.Mean, Components.Scale)); // [..., K]
        return g.Subtract(g.LogSumExp(joint), g.LogSumExp(Logits));
    }

    /// <summary>z ~ p(z): the last number of the noise chooses the component by u = Φ(noise) ~ U(0, 1), the others are that normal's. [..., Z + 1] → [..., Z].</summary>
    public T Sample(IGraph<T> g, T noise, long components, long size)
    {
        T weights = g.Exp(g.Subtract(Logits, g.LogSumExp(Logits)));
        T borders = g.Slice(g.CumulativeSum(weights), 0, components - 1); // of the first K − 1; the last takes the rest
        T u = g.NormalCdf(g.Slice(noise, size, 1));
        T chosen = g.SumLast(g.Step(g.Subtract(u, borders))); // how many borders lie below u: 0 ... K − 1
        T mean = g.Rows(Components.Mean, chosen);
        T scale = g.Rows(Components.Scale, chosen);
        return g.Add(mean, g.Multiply(scale, g.Slice(noise, 0, size)));
    }
}
