using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>A perceptron each of whose layers hears the network's input again: aₗ₊₁ = act(norm(W [aₗ, x] + b)), and the output W [a, x] + b too.</summary>
/// <remarks>[..., I] → [..., O]. The first layer hears x once. In an encoder the output is normalised as the hidden layers are, in a decoder it isn't.</remarks>
public sealed class Nonconv : Network
{
    private readonly ModuleList<Dense> layers;
    private readonly Activation activation;

    /// <summary>Layers of the given widths.</summary>
    public Nonconv(
        long inputs,
        IReadOnlyList<int> hidden,
        long outputs,
        Activation activation,
        LayerOptions options,
        bool normalisedOutput,
        Device? device = null
    )
        : base(nameof(Nonconv), inputs, outputs)
    {
        layers = nn.ModuleList<Dense>();
        long heard = inputs;
        foreach (int width in hidden)
        {
            layers.Add(new Dense(heard, width, options, device: device));
            heard = width + inputs;
        }

        layers.Add(new Dense(heard, outputs, normalisedOutput ? options : options.Unnormalised, device: device));
        this.activation = activation;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override T Forward<T>(IGraph<T> g, T x)
    {
        T heard = x;
        foreach (Dense layer in layers.SkipLast(1))
        {
            heard = g.Concat(activation.Apply(g, layer.Forward(g, heard)), x);
        }

        return layers[^1].Forward(g, heard);
    }
}
