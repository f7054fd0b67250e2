using Vae.Core.Networks;

namespace Vae.Core.Graphs;

public sealed partial class TensorGraph
{
    /// <inheritdoc/>
    public Tensor BatchNorm(Tensor x, BatchNormalisation norm)
    {
        long[] shape = x.shape;
        int channel = shape.Length - norm.ChannelAxis;
        if (channel < 0 || shape[channel] != norm.Channels)
        {
            throw new ArgumentException(
                $"Batch normalisation of {norm.Channels} channels got [{string.Join(", ", shape)}]."
            );
        }

        // Every axis before the channels is a batch's: [N, C] or [N, C, H, W].
        Tensor flat = x.reshape([-1, .. shape[channel..]]);
        bool train = norm.training && x.numel() > norm.Channels;
        return nn
            .functional.batch_norm(
                flat,
                norm.RunningMean,
                norm.RunningVariance,
                norm.Weight,
                norm.Bias,
                train,
                BeginsWeightNorm ? 0 : norm.Momentum, // that pass leaves the running averages alone
                norm.Eps
            )
            .reshape(shape);
    }
}
