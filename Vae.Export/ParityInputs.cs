using Vae.Core.Models;
using Vae.Export.Parts;
using Vae.Primitives;
using Vae.Torch;

namespace Vae.Export;

/// <summary>What a part is tried on: random inputs, and real examples.</summary>
/// <param name="model">What the part is of.</param>
/// <param name="unit">Whether examples lie in [0, 1], as pixels do.</param>
public sealed class ParityInputs(LatentVariableModel model, bool unit)
{
    // Real examples come after the random rows in their streams.
    private const long RealStep = 1;

    /// <summary>So many random inputs by name: [count, Width] each, a function of the names alone.</summary>
    public Dictionary<string, Tensor> Drawn(Part part, int count)
    {
        ArgumentNullException.ThrowIfNull(part);
        return part.Inputs.ToDictionary(input => input.Name, input => Draw(part, input, count, 0));
    }

    /// <summary>Inputs from real examples: x is one (of a sequence, a step), z a sample of its posterior, the rest random.</summary>
    public Dictionary<string, Tensor> Real(Part part, Observed<Tensor> examples)
    {
        ArgumentNullException.ThrowIfNull(part);
        long count = examples.X.shape[0];
        var inputs = part.Inputs.ToDictionary(input => input.Name, input => Draw(part, input, count, RealStep));
        if (inputs.ContainsKey("label") && examples.Label is { } label)
        {
            inputs["label"] = label;
        }

        if (inputs.TryGetValue("x", out Tensor? x))
        {
            long width = x.shape[1];
            inputs["x"] = examples.X.narrow(1, examples.X.shape[1] / width / 2 * width, width);
        }

        if (part.Name == "decoder" && model.Steps == 0)
        {
            var noise = new PartInput("eps", model.NoiseSize, InputKind.Normal, "");
            inputs["z"] = model
                .SamplePosterior(new Core.Graphs.TensorGraph(), examples, Draw(part, noise, count, RealStep))
                .Z;
        }

        return inputs;
    }

    private Tensor Draw(Part part, PartInput input, long rows, long step)
    {
        var key = new PhiloxKey(0, Philox.StreamOf($"export/{part.Name}/{input.Name}"));
        Tensor numbers = arange(0, rows, 1, ScalarType.Int64);
        Tensor Uniform(long width) => PhiloxTensor.Uniform(key, step, numbers, 0, 1, width).view(rows, width);
        return input.Kind switch
        {
            InputKind.Data when unit => Uniform(input.Width),
            InputKind.State => Uniform(input.Width) * 2 - 1,
            InputKind.Label => Uniform(1)
                .mul(input.Width)
                .floor()
                .to(ScalarType.Int64)
                .eq(arange(0, input.Width, 1, ScalarType.Int64))
                .to(ScalarType.Float32),
            _ => PhiloxTensor.Normal(key, step, numbers, 0, 1, input.Width).view(rows, input.Width),
        };
    }
}
