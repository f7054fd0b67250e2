using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>A multilayer perceptron: linear layers, normalised where asked, with an activation between them; nothing after the last.</summary>
/// <remarks>[..., I] → [..., O]. Without hidden layers it's one affine map.</remarks>
public sealed class Mlp : Network
{
    private readonly ModuleList<Dense> layers;
    private readonly Activation activation;
    private readonly double dropout;

    /// <summary>Layers of the given widths, the last with heads of one width where it has several; parameters are drawn by <see cref="Initialisation"/>.</summary>
    public Mlp(
        long inputs,
        IReadOnlyList<int> hidden,
        long outputs,
        Activation activation,
        Device? device = null,
        LayerOptions? options = null,
        long? head = null
    )
        : base(nameof(Mlp), inputs, outputs)
    {
        long[] widths = [inputs, .. hidden.Select(h => (long)h), outputs];
        layers = nn.ModuleList(
            widths
                .Zip(widths.Skip(1), (from, to) => (from, to))
                .Select(
                    (w, i) =>
                        i < hidden.Count
                            ? new Dense(w.from, w.to, options, device: device)
                            : new Dense(w.from, w.to, options?.Unnormalised, device: device, head: head)
                )
                .ToArray()
        );
        this.activation = activation;
        dropout = options?.Dropout ?? 0;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override T Forward<T>(IGraph<T> g, T x) =>
        layers.Count == 1 ? layers[0].Forward(g, x) : Rest(g, layers[0].Forward(g, x, activation));

    /// <inheritdoc/>
    protected override T Labelled<T>(IGraph<T> g, T x, T label)
    {
        T first = layers[0].Forward(g, x, label);
        return layers.Count == 1 ? first : Rest(g, activation.Apply(g, first));
    }

    // What follows the first hidden layer.
    private T Rest<T>(IGraph<T> g, T x)
    {
        for (int i = 1; i < layers.Count; i++)
        {
            x = dropout > 0 ? g.Dropout(x, dropout) : x;
            x = i < layers.Count - 1 ? layers[i].Forward(g, x, activation) : layers[i].Forward(g, x);
        }

        return x;
    }
}
