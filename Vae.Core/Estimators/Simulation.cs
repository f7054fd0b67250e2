using Vae.Core.Graphs;
using Vae.Core.Models;
using Vae.Primitives;
using Vae.Torch;

namespace Vae.Core.Estimators;

/// <summary>Data drawn from the model itself, x with the z that made it: (x, z) ~ p(x, z), so z is an exact sample of p(z | x).</summary>
/// <param name="X">[B, D].</param>
/// <param name="Z">[B, Z].</param>
public sealed record Simulation(Tensor X, Tensor Z)
{
    /// <summary>One x for each of the examples' numbers, [B]: a function of the key and that number alone.</summary>
    /// <param name="model">The model.</param>
    /// <param name="key">Chooses the noise.</param>
    /// <param name="examples">[B].</param>
    /// <param name="label">The class of each, [B, Y], where the model conditions on it.</param>
    public static Simulation Of(LatentVariableModel model, PhiloxKey key, Tensor examples, Tensor? label = null)
    {
        if (model is not ISimulator simulator)
        {
            throw new NotSupportedException($"{model.GetName()} can't draw data from itself.");
        }

        using IDisposable off = no_grad();
        using var scope = NewDisposeScope();
        Tensor noise = PhiloxTensor.Normal(key, 0, examples, 0, 1, model.PriorNoiseSize).squeeze(0);
        Tensor z = model.SamplePrior(new TensorGraph(), noise, label);
        Tensor x = simulator.Simulate(
            z,
            PhiloxTensor.Normal(key, 1, examples, 0, 1, simulator.SimulationNoiseSize).squeeze(0),
            label
        );
        return new Simulation(x.MoveToOuterDisposeScope(), z.MoveToOuterDisposeScope());
    }
}
