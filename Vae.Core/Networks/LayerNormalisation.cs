using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>Layer norm: y = γ (x − μ) / √(σ² + ε) + β with mean μ and (biased) variance σ² of the example's own numbers.</summary>
/// <remarks>[..., D] over D, γ, β: [D]; or images [N, C, H, W] over C, H and W, γ, β: [C]. Ba et al. 2016, arXiv:1607.06450, eq. 4.</remarks>
public sealed class LayerNormalisation : nn.Module, IDrawn
{
    private readonly Parameter weight;
    private readonly Parameter bias;

    /// <summary>Normalises vectors of <paramref name="size"/> numbers, or images of so many channels.</summary>
    public LayerNormalisation(long size, bool images = false, double eps = 1e-5, Device? device = null)
        : base(nameof(LayerNormalisation))
    {
        (Size, Images, Eps) = (size, images, eps);
        weight = new Parameter(ones([size], device: device));
        bias = new Parameter(zeros([size], device: device));
        RegisterComponents();
    }

    /// <summary>D, or C for images.</summary>
    public long Size { get; }

    /// <summary>Whether it takes images.</summary>
    public bool Images { get; }

    /// <summary>ε.</summary>
    public double Eps { get; }

    /// <summary>γ.</summary>
    public Parameter Scale => weight;

    /// <summary>β.</summary>
    public Parameter Shift => bias;

    /// <inheritdoc/>
    public void Draw(Draws draws)
    {
        draws.Constant(weight, 1);
        draws.Constant(bias, 0);
    }

    /// <summary>The normalised numbers.</summary>
    public T Forward<T>(IGraph<T> g, T x) => g.LayerNorm(x, this);
}
