using Vae.Core.Graphs;
using Vae.Core.Models;
using Vae.Core.Networks;

namespace Vae.Core;

/// <summary>Weight norm's data-dependent beginning: one pass of the first batch through the model sets every gain and bias.</summary>
/// <remarks>A pure function of the other parameters, the batch and its noise, so that doing it again before the first step changes nothing.
/// Salimans and Kingma 2016, arXiv:1602.07868, section 3.</remarks>
public static class DataInitialisation
{
    /// <summary>Sets them; does nothing in a model without weight norm. x: [B, D], noise: [K, B, NoiseSize].</summary>
    public static void Run(LatentVariableModel model, Observed<Tensor> x, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!model.modules().OfType<Layer>().Any(layer => layer.Kernel.Gain is not null))
        {
            return;
        }

        using IDisposable off = no_grad();
        using var scope = NewDisposeScope();
        model.Terms(new TensorGraph { BeginsWeightNorm = true }, x, noise);
    }
}
