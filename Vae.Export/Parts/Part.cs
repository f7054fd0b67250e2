using Vae.Core.Graphs;
using Vae.Core.Models;

namespace Vae.Export.Parts;

/// <summary>A function that a trained model leaves as: encoder, decoder, ... Written once, it is what is exported and what that is compared with.</summary>
/// <param name="name">Its name, such as "decoder".</param>
/// <param name="inputs">What goes in. A label that nothing hears is left out of the file.</param>
/// <param name="outputs">What comes out; the last may be missing where a model doesn't have them.</param>
public abstract class Part(string name, IReadOnlyList<PartInput> inputs, IReadOnlyList<PartOutput> outputs)
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>What goes in.</summary>
    public IReadOnlyList<PartInput> Inputs { get; } = inputs;

    /// <summary>What comes out.</summary>
    public IReadOnlyList<PartOutput> Outputs { get; } = outputs;

    /// <summary>The outputs in their order, of inputs by name.</summary>
    public abstract IReadOnlyList<T> Forward<T>(IGraph<T> g, IReadOnlyDictionary<string, T> inputs);

    /// <summary>The parts of a model.</summary>
    /// <exception cref="NotSupportedException">A kind of model that can't be exported.</exception>
    public static IReadOnlyList<Part> Of(LatentVariableModel model) =>
        model switch
        {
            IAutoencoder coder => ModelPart.Of(model, coder),
            VariationalRnn recurrent => RecurrentPart.Of(recurrent),
            _ => throw new NotSupportedException($"a model {model?.GetName()} has no parts that could be exported"),
        };
}
