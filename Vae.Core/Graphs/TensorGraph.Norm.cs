using Vae.Core.Networks;
using Vae.Torch;

namespace Vae.Core.Graphs;

public sealed partial class TensorGraph
{
    /// <inheritdoc/>
    public Tensor BatchNorm(Tensor x, BatchNormalisation norm)
    {
        Tensor flat = Flat(x, norm);
        return nn
            .functional.batch_norm(
                flat,
                norm.RunningMean,
                norm.RunningVariance,
                norm.Weight,
                norm.Bias,
                TakesBatch(x, norm),
                Momentum(norm),
                norm.Eps
            )
            .reshape(x.shape);
    }

    /// <inheritdoc/>
    public Tensor BatchNormElu(Tensor x, BatchNormalisation norm)
    {
        Tensor flat = Flat(x, norm);
        Tensor? fused = Fused.BatchNormElu(
            flat,
            norm.Weight,
            norm.Bias,
            norm.RunningMean,
            norm.RunningVariance,
            TakesBatch(x, norm),
            Momentum(norm),
            norm.Eps
        );
        return fused is null ? Elu(BatchNorm(x, norm)) : fused.reshape(x.shape);
    }

    // Every axis before the channels is a batch's: [N, C] or [N, C, H, W].
    private static Tensor Flat(Tensor x, BatchNormalisation norm)
    {
        long[] shape = x.shape;
        int channel = shape.Length - norm.ChannelAxis;
        return channel < 0 || shape[channel] != norm.Channels
            ? throw new ArgumentException(
                $"Batch normalisation of {norm.Channels} channels got [{string.Join(", ", shape)}]."
            )
            : x.reshape([-1, .. shape[channel..]]);
    }

    private static bool TakesBatch(Tensor x, BatchNormalisation norm) => norm.training && x.numel() > norm.Channels;

    // The pass in which weight norm begins leaves the running averages alone.
    private double Momentum(BatchNormalisation norm) => BeginsWeightNorm ? 0 : norm.Momentum;
}
