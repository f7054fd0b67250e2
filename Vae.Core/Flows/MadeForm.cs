using Vae.Core.Networks;

namespace Vae.Core.Flows;

/// <summary>The choices in a MADE on which published ones differ; the defaults are those of the tutorial code's flow.</summary>
public sealed record MadeForm
{
    /// <summary>Hidden degrees in contiguous blocks, unit j of H having ⌈(j + 1) Z / H⌉, rather than random ones.</summary>
    public bool Blocks { get; init; }

    /// <summary>Whether dimension i hears zᵢ₊₁ ... z_Z rather than z₁ ... zᵢ₋₁.</summary>
    public bool Reversed { get; init; }

    /// <summary>A context as wide as the first hidden layer is added after that layer's activation; any other enters the layer through a matrix.</summary>
    public bool AddsContext { get; init; }

    /// <summary>The function after each hidden layer.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Batch normalisation in place of biases, of the hidden layers before the activation and of the outputs.</summary>
    public bool BatchNorm { get; init; }

    /// <summary>With batch normalisation: layers keep their biases, and the outputs, which have theirs, aren't normalised.</summary>
    public bool KeepsBiases { get; init; }
}
