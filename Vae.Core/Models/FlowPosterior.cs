using Vae.Core.Distributions;
using Vae.Core.Flows;
using Vae.Core.Graphs;

namespace Vae.Core.Models;

/// <summary>q(z | x) = N(m(x), s(x)²), or with flows the law of z = f_n(... f_1(z₀; h) ...; h), z₀ ~ N(m(x), s(x)²), with a context h(x) from the encoder.</summary>
/// <remarks>
/// log q(z | x) = log N(z₀; m(x), s(x)²) − Σ logDet of the flows; then the KL to the prior has no closed form. It's a way to read a network and
/// flows, no module. arXiv:1312.6114; flows: arXiv:1505.05770, eq. 13.
/// </remarks>
public sealed class FlowPosterior
{
    private readonly NormalEncoder normal;
    private readonly IReadOnlyList<Flow> flows;
    private readonly long context;

    /// <summary>The encoder gives 2Z numbers and those of the flows' context.</summary>
    /// <exception cref="ArgumentException">The widths don't fit.</exception>
    public FlowPosterior(NormalEncoder normal, IReadOnlyList<Flow> flows)
    {
        ArgumentNullException.ThrowIfNull(normal);
        this.normal = normal;
        this.flows = flows;
        context = flows.Select(flow => flow.Context).DefaultIfEmpty().Max();
        long latent = normal.Latent;
        if (flows.FirstOrDefault(flow => flow.Size != latent) is { } odd)
        {
            throw new ArgumentException($"A flow has {odd.Size} dimensions; the decoder takes {latent} latent ones.");
        }

        if (flows.FirstOrDefault(flow => flow.Context != 0 && flow.Context != context) is { } other)
        {
            throw new ArgumentException(
                $"One flow takes a context of {other.Context} numbers, another one of {context}; the encoder gives one context."
            );
        }

        if (normal.Outputs != 2 * latent + context)
        {
            throw new ArgumentException(
                $"The encoder gives {normal.Outputs} numbers; {latent} latent dimensions take {2 * latent}"
                    + (context == 0 ? "." : $", and the flows' context {context}.")
            );
        }
    }

    /// <summary>The normal, without the flows.</summary>
    public Normal<T> Normal<T>(IGraph<T> g, T x, T? label = default) => normal.Forward(g, x, label).Normal;

    /// <summary>The normal, without the flows, and the context that they take; null without one.</summary>
    public (Normal<T> Normal, T? Context) Encode<T>(IGraph<T> g, T x, T? label = default)
    {
        var (q, output) = normal.Forward(g, x, label);
        return (q, context == 0 ? default : g.Slice(output, 2 * normal.Latent, context));
    }

    /// <summary>z ~ q(z | x) with what is known of it beside a prior. x: [..., D], noise: [..., Z].</summary>
    public PosteriorSample<T> Sample<T>(IGraph<T> g, T x, T noise, Prior prior, T? label = default)
    {
        ArgumentNullException.ThrowIfNull(prior);
        var (q, h) = Encode(g, x, label);
        var (z, logQ) = q.Sample(g, noise);
        foreach (Flow flow in flows)
        {
            (z, T logDet) = flow.Forward(g, z, h);
            logQ = g.Subtract(logQ, logDet);
        }

        return flows.Count > 0
            ? new PosteriorSample<T>(z, logQ, null)
            : new PosteriorSample<T>(z, logQ, prior.NormalKl(g, q, label))
            {
                KlByDimension = prior.NormalKlByDimension(g, q, label),
                FixedLogQ = at => g.NormalLogDensity(at, g.Stop(q.Mean), g.Stop(q.Scale)),
            };
    }
}
