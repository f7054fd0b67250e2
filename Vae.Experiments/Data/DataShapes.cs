using Vae.Experiments.Config;

namespace Vae.Experiments.Data;

/// <summary>The shape of one example of each data set, known without loading it.</summary>
public static class DataShapes
{
    /// <summary>[channels, height, width] for images, [dimensions] otherwise.</summary>
    public static IReadOnlyList<int> Of(DataConfig config) =>
        config is LinearGaussianConfig c ? [c.Dimensions] : [1, 28, 28];
}
