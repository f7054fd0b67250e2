using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.Torch;

/// <summary>An optimizer's step with what else goes over all parameters.</summary>
public static class AveragingStep
{
    /// <summary>Takes one step with all gradients multiplied by a number, and in the same pass over memory averages the parameters: a ← kept · a + (1 − kept) · p.</summary>
    /// <param name="optimizer">Whose step it is.</param>
    /// <param name="scale">Multiplies the gradients, which keep it.</param>
    /// <param name="averages">One for each parameter, also for those without a gradient; null: none are kept.</param>
    /// <param name="kept">The part of an average that stays.</param>
    /// <exception cref="ArgumentException">There are more or fewer averages than parameters.</exception>
    public static void Step(
        this OptimizerHelper optimizer,
        double scale,
        IReadOnlyList<Tensor>? averages = null,
        double kept = 0
    )
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        optimizer.Step(scale, averages, kept);
    }
}
