namespace Vae.Core.Networks;

/// <summary>How the layers of a network are normalised, and how their weights begin.</summary>
/// <param name="Normalisation">What keeps the layers' numbers in range.</param>
/// <param name="Momentum">The share of a new batch in batch norm's running statistics.</param>
/// <param name="Eps">ε of batch and layer norm.</param>
/// <param name="Start">How weights and biases begin.</param>
/// <param name="Dropout">The share of a hidden layer's numbers that training drops.</param>
public sealed record LayerOptions(
    Normalisation Normalisation = Normalisation.None,
    double Momentum = 0.1,
    double Eps = 1e-5,
    WeightStart Start = WeightStart.Default,
    double Dropout = 0
)
{
    /// <summary>The same without normalisation.</summary>
    public LayerOptions Unnormalised => this with { Normalisation = Normalisation.None };

    /// <summary>The same without batch and layer norm, which then stand elsewhere; weight norm stays with the weight.</summary>
    public LayerOptions WeightNormOnly => NormalisesOutputs ? Unnormalised : this;

    /// <summary>Whether batch or layer norm follows, whose shift makes a bias idle.</summary>
    public bool NormalisesOutputs => Normalisation is Normalisation.Batch or Normalisation.Layer;
}
