using Vae.Experiments.Config;

namespace Vae.Experiments.Data;

/// <summary>From a config's [data] to the data.</summary>
public static class Datasets
{
    /// <summary>Loads the data set, downloading what is missing, and keeps the first max_train, max_valid and max_test examples.</summary>
    /// <remarks>ExperimentException (Data): files are missing, damaged or not what they should be, with what to do about it.</remarks>
    public static Dataset Load(
        DataConfig config,
        DataFolders folders,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation
    )
    {
        using var downloader = new Downloader();
        var store = new DataStore(folders, downloader);
        var dataset = config switch
        {
            GlyphsConfig c => Glyphs.Load(c.TrainSize, c.ValidSize, c.TestSize, (uint)c.Seed, From(c.Binarise)),
            MnistConfig c => Mnist.Load(Mnist.Digits, store, c.ValidSize, From(c.Binarise), progress, cancellation),
            FashionMnistConfig c => Mnist.Load(
                Mnist.Fashion,
                store,
                c.ValidSize,
                From(c.Binarise),
                progress,
                cancellation
            ),
            BinarizedMnistConfig => BinarizedMnist.Load(BinarizedMnist.Source, store, progress, cancellation),
            OmniglotConfig c => Omniglot.Load(
                store,
                c.ValidSize,
                (uint)c.Seed,
                From(c.Binarise),
                progress,
                cancellation
            ),
            Caltech101SilhouettesConfig => Caltech101Silhouettes.Load(store, progress, cancellation),
            FreyFacesConfig c => FreyFaces.Load(
                store,
                c.ValidSize,
                c.TestSize,
                (uint)c.Seed,
                From(c.Binarise),
                progress,
                cancellation
            ),
            FilesConfig c => UserFiles.Load(
                (c.Train, c.TrainLabels),
                c.Valid is { } valid ? (valid, c.ValidLabels) : null,
                c.Test is { } test ? (test, c.TestLabels) : null,
                c.ValidSize,
                c.TestSize,
                (uint)c.Seed,
                From(c.Binarise)
            ),
            LinearGaussianConfig c => LinearGaussian.Load(
                c.Dimensions,
                c.Latent,
                c.Noise,
                c.TrainSize,
                c.ValidSize,
                c.TestSize,
                (uint)c.Seed
            ),
            FactorAnalysisDataConfig c => FactorAnalysis.Load(c.TrainSize, c.ValidSize, c.TestSize, (uint)c.Seed),
            _ => throw new ArgumentException($"No data set for {config.GetType().Name}.", nameof(config)),
        };
        dataset = dataset.Take(config.MaxTrain, config.MaxValid, config.MaxTest) with
        {
            Classes = DataShapes.ClassesOf(config),
        };
        return config.Labelled is { } labelled
            ? dataset with
            {
                Train = PartialLabels.Of(dataset.Train, labelled, (uint)config.LabelledSeed),
            }
            : dataset;
    }

    private static Binarisation From(BinariseName name) =>
        name switch
        {
            BinariseName.Grey => Binarisation.Grey,
            BinariseName.Threshold => Binarisation.Threshold,
            BinariseName.Dequantise => Binarisation.Dequantised,
            _ => Binarisation.Dynamic,
        };
}
