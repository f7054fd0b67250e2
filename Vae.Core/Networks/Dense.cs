using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>A fully connected layer: norm(x Wᵀ + b). [..., I] → [..., O].</summary>
/// <remarks>head: the width of one of several heads whose weights lie in one matrix, such as a mean and a scale; null: all outputs are one.</remarks>
public sealed class Dense(
    long inputs,
    long outputs,
    LayerOptions? options = null,
    bool bias = true,
    Device? device = null,
    long? head = null
) : Layer(nameof(Dense), [outputs, inputs], 0, bias, options, device, head)
{
    /// <inheritdoc/>
    protected override T Map<T>(IGraph<T> g, T x) => g.Linear(x, Kernel, Bias);

    /// <inheritdoc/>
    protected override T MapRelu<T>(IGraph<T> g, T x) => g.LinearRelu(x, Kernel, Bias);

    /// <inheritdoc/>
    protected override T Map<T>(IGraph<T> g, T x, T more) => g.Linear(x, more, Kernel, Bias);
}
