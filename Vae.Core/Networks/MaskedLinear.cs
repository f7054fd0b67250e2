using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>A linear layer of which only some weights live: x (W ⊙ M)ᵀ + b.</summary>
/// <remarks>
/// [..., I] → [..., O]. M: [O, I] of zeros and ones comes from the units' degrees, as in Germain et al. 2015, arXiv:1502.03509, eq. 12–13.
/// Where units stand in the order of their degrees M is block-triangular, and the blocks of zeros are not multiplied: see <see cref="Panels"/>.
/// </remarks>
public sealed class MaskedLinear : nn.Module
{
    private readonly Parameter weight;
    private readonly Parameter? bias;
    private readonly Tensor mask;

    /// <summary>A weight lives where the output's degree is at least the input's, or greater if strict; values are drawn by <see cref="Initialisation"/>.</summary>
    public MaskedLinear(
        long[] inputDegrees,
        long[] outputDegrees,
        bool strict,
        Device? device = null,
        bool hasBias = true
    )
        : base(nameof(MaskedLinear))
    {
        using var scope = NewDisposeScope();
        weight = new Parameter(zeros([outputDegrees.Length, inputDegrees.Length], device: device));
        bias = hasBias ? new Parameter(zeros([outputDegrees.Length], device: device)) : null;
        Tensor from = tensor(inputDegrees, device: device).unsqueeze(0);
        Tensor to = tensor(outputDegrees, device: device).unsqueeze(1);
        mask = (strict ? to.gt(from) : to.ge(from)).@float();
        Panels = Panel.Of(inputDegrees, outputDegrees, strict);
        RegisterComponents();
    }

    /// <summary>W: [O, I]. What the mask doesn't let through may be made zero when the layer is used.</summary>
    public Parameter Weight => weight;

    /// <summary>b: [O]; null for a layer without.</summary>
    public Parameter? Bias => bias;

    /// <summary>The rectangles of W that are multiplied.</summary>
    public IReadOnlyList<Panel> Panels { get; private set; }

    /// <summary>Makes ready for a stored mask: where it isn't the present one (once, units stood in no order), all of W is multiplied.</summary>
    internal void Expect(Tensor stored)
    {
        using var scope = NewDisposeScope();
        if (stored.numel() != mask.numel() || !stored.to(mask.device).allclose(mask, 0, 0))
        {
            Panels = [Panel.Whole(weight.shape[0], weight.shape[1])];
        }
    }

    /// <summary>The layer's value.</summary>
    public T Forward<T>(IGraph<T> g, T x) => g.MaskedLinear(x, weight, mask, bias, Panels);
}
