using Vae.Experiments.Config;

namespace Vae.Experiments.Data;

/// <summary>The shape of one example of each data set and its number of classes, known without loading it (of the user's own files from headers and labels).</summary>
public static class DataShapes
{
    /// <summary>[channels, height, width] for images, [steps, dimensions] for sequences, [dimensions] otherwise.</summary>
    public static IReadOnlyList<int> Of(DataConfig config) =>
        config switch
        {
            LinearGaussianConfig c => [c.Dimensions],
            FactorAnalysisDataConfig => [FactorAnalysis.Truth.Dimensions],
            FreyFacesConfig => [1, 28, 20],
            FilesConfig c => UserFiles.ShapeOf(c.Examples),
            _ => [1, 28, 28],
        };

    /// <summary>Whether it is sequences of different lengths, which are filled up with zeros.</summary>
    public static bool AreRagged(DataConfig config) => config is FilesConfig c && UserFiles.AreRagged(c.Examples);

    /// <summary>Y, where labels are 0 ... Y − 1; 0 for data without labels.</summary>
    public static int ClassesOf(DataConfig config) =>
        config switch
        {
            GlyphsConfig or MnistConfig or FashionMnistConfig => 10,
            OmniglotConfig => 50,
            Caltech101SilhouettesConfig => 102, // its labels begin at 1
            FilesConfig c => UserFiles.ClassesOf([
                (c.Train, c.TrainLabels),
                .. c.Valid is { } valid ? [(valid, c.ValidLabels)] : Array.Empty<(string, string?)>(),
                .. c.Test is { } test ? [(test, c.TestLabels)] : Array.Empty<(string, string?)>(),
            ]),
            _ => 0,
        };
}
