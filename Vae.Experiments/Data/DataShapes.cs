using Vae.Experiments.Config;

namespace Vae.Experiments.Data;

/// <summary>The shape of one example of each data set, known without loading it (of the user's own files from their headers).</summary>
public static class DataShapes
{
    /// <summary>[channels, height, width] for images, [dimensions] otherwise.</summary>
    public static IReadOnlyList<int> Of(DataConfig config) =>
        config switch
        {
            LinearGaussianConfig c => [c.Dimensions],
            FreyFacesConfig => [1, 28, 20],
            FilesConfig c => UserFiles.ShapeOf(c.Train),
            _ => [1, 28, 28],
        };
}
