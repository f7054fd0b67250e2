using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>Makes and applies what a <see cref="Normalisation"/> puts after a linear map or before a convolution: a batch norm, a layer norm or nothing (null).</summary>
public static class Normalisations
{
    /// <summary>The module that normalises vectors of a size, or images of so many channels; null for none and for weight norm.</summary>
    public static nn.Module? Make(LayerOptions options, long size, bool images, Device? device) =>
        options.Normalisation switch
        {
            Normalisation.Batch => new BatchNormalisation(size, images, options.Momentum, options.Eps, device),
            Normalisation.Layer => new LayerNormalisation(size, images, options.Eps, device),
            _ => null,
        };

    /// <summary>The normalised numbers.</summary>
    public static T Apply<T>(nn.Module? norm, IGraph<T> g, T x) =>
        norm switch
        {
            BatchNormalisation batch => batch.Forward(g, x),
            LayerNormalisation layer => layer.Forward(g, x),
            null => x,
            _ => throw new ArgumentException($"{norm.GetName()} normalises nothing.", nameof(norm)),
        };

    /// <summary>The activation of the normalised numbers.</summary>
    public static T Apply<T>(nn.Module? norm, Activation activation, IGraph<T> g, T x) =>
        norm is BatchNormalisation batch && activation == Activation.Elu
            ? g.BatchNormElu(x, batch)
            : activation.Apply(g, Apply(norm, g, x));
}
