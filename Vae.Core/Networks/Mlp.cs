using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>A multilayer perceptron: linear layers with an activation between them, none after the last.</summary>
/// <remarks>[..., I] → [..., O]. Without hidden layers it's one affine map.</remarks>
public sealed class Mlp : Network
{
    private readonly ModuleList<Linear> layers;
    private readonly Activation activation;

    /// <summary>Layers of the given widths; parameters are drawn by <see cref="Initialisation"/>.</summary>
    public Mlp(long inputs, IReadOnlyList<int> hidden, long outputs, Activation activation, Device? device = null)
        : base(nameof(Mlp), inputs, outputs)
    {
        long[] widths = [inputs, .. hidden.Select(h => (long)h), outputs];
        layers = nn.ModuleList(widths.Zip(widths.Skip(1), (i, o) => nn.Linear(i, o, device: device)).ToArray());
        this.activation = activation;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override T Forward<T>(IGraph<T> g, T x)
    {
        for (int i = 0; i < layers.Count; i++)
        {
            x = g.Linear(x, layers[i].weight, layers[i].bias);
            x = i < layers.Count - 1 ? activation.Apply(g, x) : x;
        }

        return x;
    }
}
