namespace Vae.Experiments.Data;

/// <summary>What there is of every data set: the rows of 'vae data'.</summary>
public static class DataCatalog
{
    /// <summary>The data sets that consist of files.</summary>
    public static IReadOnlyList<DataSource> Sources { get; } =
    [
        Mnist.Digits,
        BinarizedMnist.Source,
        Mnist.Fashion,
        Omniglot.Drawings,
        Omniglot.Reduced,
        Caltech101Silhouettes.Source,
        FreyFaces.Source,
    ];

    /// <summary>A row for each file and for each data set that needs none; checksums are computed, nothing is downloaded.</summary>
    public static IReadOnlyList<DataFileStatus> Status(DataFolders folders) =>
        [
            Generated(Glyphs.Name, Glyphs.Licence),
            .. Sources.SelectMany(source => source.Files.Select(file => new DataStore(folders).Status(source, file))),
            Generated(LinearGaussian.Name, LinearGaussian.Licence),
            Generated(FactorAnalysis.Name, LinearGaussian.Licence),
        ];

    private static DataFileStatus Generated(string name, string licence) =>
        new(name, "-", DataFileState.Generated, null, null, licence, "the program makes it");
}
