using Vae.Core.Graphs;
using Vae.Core.Models;
using Vae.Core.Networks;

namespace Vae.Core.Distributions;

/// <summary>A normal for each class, p(z | y) = N(z; m(y), s(y)²), with m and s from a network of the label or free for each class.</summary>
/// <remarks>
/// z: [..., Z], label: [..., Y] → [...], nats. Begins as the network does; free means are drawn from N(0, 1), so that the classes differ, and free
/// scales begin at 1. Without a label there is no density: which model sums over y is another question. Kingma et al. 2014, arXiv:1406.5298;
/// Dilokthanakul et al. 2016, arXiv:1611.02648.
/// </remarks>
public sealed class ClassPrior : Prior, IDrawn
{
    private readonly Network? network;
    private readonly Parameter? means;
    private readonly Parameter? logScales;
    private readonly NormalEncoder? normal;

    /// <summary>m and raw scale from a network, Y → 2Z.</summary>
    public ClassPrior(Network network, ScaleFunction scale)
        : base(nameof(ClassPrior), network.Outputs / 2)
    {
        this.network = network;
        normal = new NormalEncoder(network, Size, scale);
        RegisterComponents();
    }

    /// <summary>A free mean and scale for each class.</summary>
    public ClassPrior(long size, long classes, Device? device = null)
        : base(nameof(ClassPrior), size)
    {
        means = new Parameter(zeros([classes, size], device: device));
        logScales = new Parameter(zeros([classes, size], device: device));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public void Draw(Draws draws)
    {
        ArgumentNullException.ThrowIfNull(draws);
        if (means is not null)
        {
            draws.Normal(means, 0, 1);
            draws.Constant(logScales!, 0);
        }
    }

    /// <summary>p(z | y). label: [..., Y] → mean, scale: [..., Z].</summary>
    /// <exception cref="ArgumentException">There is no label.</exception>
    public Normal<T> Normal<T>(IGraph<T> g, T? label)
    {
        if (label is null)
        {
            throw new ArgumentException("The prior p(z | y) takes a label.", nameof(label));
        }

        return normal is not null
            ? normal.Forward(g, label).Normal
            : new Normal<T>(g.MatMul(label, g.Learned(means!)), g.Exp(g.MatMul(label, g.Learned(logScales!))));
    }

    /// <inheritdoc/>
    public override T LogDensity<T>(IGraph<T> g, T z, T? label = default)
        where T : default => Normal(g, label).LogDensity(g, z);

    /// <inheritdoc/>
    public override T Sample<T>(IGraph<T> g, T noise, T? label = default)
        where T : default => Normal(g, label).Sample(g, noise).Z;

    /// <inheritdoc/>
    public override Func<T>? NormalKl<T>(IGraph<T> g, Normal<T> q, T? label = default)
        where T : default => () => g.SumLast(KlByDimension(g, q, label));

    /// <inheritdoc/>
    public override Func<T>? NormalKlByDimension<T>(IGraph<T> g, Normal<T> q, T? label = default)
        where T : default => () => KlByDimension(g, q, label);

    private T KlByDimension<T>(IGraph<T> g, Normal<T> q, T? label)
    {
        var p = Normal(g, label);
        return g.NormalKlByDimension(q.Mean, q.Scale, p.Mean, p.Scale);
    }
}
