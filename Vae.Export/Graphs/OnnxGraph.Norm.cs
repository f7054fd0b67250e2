using Vae.Core.Networks;

namespace Vae.Export.Graphs;

public sealed partial class OnnxGraph
{
    /// <summary>With running averages it is x · s + t: s = w / √(σ² + ε), t = b − μ s, both made in float64.</summary>
    public OnnxValue BatchNorm(OnnxValue x, BatchNormalisation norm)
    {
        ArgumentNullException.ThrowIfNull(norm);
        if (norm.training)
        {
            throw new InvalidOperationException(
                "A model that trains takes batch norm's averages from the batch; export one that evaluates."
            );
        }

        long[] shape = norm.ChannelAxis == 1 ? [norm.Channels] : [norm.Channels, 1, 1];
        Tensor Wide(Tensor t) => t.to(ScalarType.Float64).view(shape);
        Tensor Scale() => Wide(norm.Weight) / (Wide(norm.RunningVariance) + norm.Eps).sqrt();
        Tensor Shift() => Wide(norm.Bias) - Wide(norm.RunningMean) * Scale();
        string weight = KeyOf(norm.Weight);
        OnnxValue scale = Named(weight, () => Scale().to(ScalarType.Float32));
        OnnxValue shift = Named(KeyOf(norm.Bias), () => Shift().to(ScalarType.Float32));
        return Add(Multiply(x, scale), shift);
    }

    /// <inheritdoc/>
    public OnnxValue LayerNorm(OnnxValue x, LayerNormalisation norm)
    {
        ArgumentNullException.ThrowIfNull(norm);
        if (x.Known is { } known)
        {
            return Known(eager.LayerNorm(known, norm));
        }

        long axis = norm.Images ? 1 : -1;
        long[] shape = [.. norm.Images ? x.Shape.Skip(1) : x.Shape.TakeLast(1)];
        OnnxValue scale = Named(KeyOf(norm.Scale), () => Spread(norm.Scale));
        OnnxValue shift = Named(KeyOf(norm.Shift), () => Spread(norm.Shift));
        return Node("LayerNormalization", x.Shape, [x, scale, shift], ("axis", axis), ("epsilon", (float)norm.Eps));

        Tensor Spread(Tensor t) => norm.Images ? t.view(-1, 1, 1).expand(shape) : t;
    }
}
