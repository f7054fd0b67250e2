using Vae.Core.Flows;
using Vae.Core.Graphs;

namespace Vae.Core.Distributions;

/// <summary>A standard normal seen through flows: log p(z) = log N(u; 0, I) + Σ logDet with u = f_n(... f_1(z)).</summary>
/// <remarks>
/// z: [..., Z] → [...], nats. The density runs the flows forward in their order; a sample, z = f_1⁻¹(... f_n⁻¹(u)) with u ~ N(0, I), their inverses in
/// the opposite order. Chen et al. 2017, arXiv:1611.02731, section 3.2; Dinh et al. 2017, arXiv:1605.08803, eq. 2–3.
/// </remarks>
public sealed class FlowPrior : Prior
{
    private readonly ModuleList<Flow> flows;

    /// <summary>The flows from z to u.</summary>
    /// <exception cref="ArgumentException">A flow has no inverse, takes a context, or has another number of dimensions.</exception>
    public FlowPrior(long size, IReadOnlyList<Flow> flows)
        : base(nameof(FlowPrior), size)
    {
        if (flows.FirstOrDefault(flow => !flow.HasInverse) is { } oneWay)
        {
            throw new ArgumentException(
                $"{oneWay.GetName()} has no inverse that can be computed, so a prior made of it could not be sampled."
            );
        }

        if (flows.FirstOrDefault(flow => flow.Context != 0) is { } amortised)
        {
            throw new ArgumentException($"{amortised.GetName()} takes a context; a prior has none to give.");
        }

        if (flows.FirstOrDefault(flow => flow.Size != size) is { } odd)
        {
            throw new ArgumentException($"A flow has {odd.Size} dimensions; the prior has {size}.");
        }

        this.flows = nn.ModuleList([.. flows]);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override T LogDensity<T>(IGraph<T> g, T z, T? label = default)
        where T : default
    {
        T u = z;
        var logDets = new List<T>();
        foreach (Flow flow in flows)
        {
            (u, T logDet) = flow.Forward(g, u, default);
            logDets.Add(logDet);
        }

        return logDets.Aggregate(g.StandardNormalLogDensity(u), g.Add);
    }

    /// <inheritdoc/>
    public override T Sample<T>(IGraph<T> g, T noise, T? label = default)
        where T : default => flows.Reverse().Aggregate(noise, (z, flow) => flow.Inverse(g, z, default));
}
