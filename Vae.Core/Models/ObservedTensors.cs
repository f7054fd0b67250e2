namespace Vae.Core.Models;

/// <summary>Parts of a batch.</summary>
public static class ObservedTensors
{
    /// <summary>Examples start, ..., start + count − 1 of the batch.</summary>
    public static Observed<Tensor> Narrow(this Observed<Tensor> x, long start, long count) =>
        new(x.X.narrow(0, start, count))
        {
            Label = x.Label?.narrow(0, start, count),
            Present = x.Present?.narrow(0, start, count),
        };
}
