using Vae.Primitives;

namespace Vae.Experiments.Training;

/// <summary>The random streams of a run: one for each use, so that evaluation can't disturb training.</summary>
public sealed record Streams(uint Seed)
{
    /// <summary>The order of the examples; its step is the epoch.</summary>
    public PhiloxKey Order => Of("train/order");

    /// <summary>The noise of the posterior's samples in a split.</summary>
    public PhiloxKey Noise(string split) => Of($"{split}/noise");

    /// <summary>The binarisation of a split's pixels.</summary>
    public PhiloxKey Binarise(string split) => Of($"{split}/binarise");

    /// <summary>The stream of a use.</summary>
    public PhiloxKey Of(string use) => new(Seed, Philox.StreamOf(use));
}
