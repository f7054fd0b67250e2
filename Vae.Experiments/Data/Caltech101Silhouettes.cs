namespace Vae.Experiments.Data;

/// <summary>Outlines of objects, 28×28 binary, 4,100 / 2,264 / 2,307, labelled 1..101.</summary>
/// <remarks>Marlin, Swersky, Chen &amp; de Freitas 2010, AISTATS. The object is 1 here, as in the literature on VAEs; in the file it's 0.</remarks>
public static class Caltech101Silhouettes
{
    private const int Side = 28;
    private const string Mat = "caltech101_silhouettes_28_split1.mat";

    /// <summary>The file.</summary>
    public static DataSource Source { get; } =
        new(
            "caltech101-silhouettes",
            "none stated; derived from Caltech 101",
            [new("https://people.cs.umass.edu/~marlin/data/")],
            [DataFile.Plain(Mat, 872124, "eb6735e8d84b1850fabc5590124aab1755e90c9fd28123585324398405e1e42a")]
        );

    /// <summary>Loads it.</summary>
    public static Dataset Load(DataStore store, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        store.Require(Source, progress, cancellation);
        var content = store.Read(Source, Source[Mat]);
        var matrices = MatFile.Parse(content.Bytes);
        return new(
            Source.Name,
            [1, Side, Side],
            Binarisation.Static,
            Read("train", "train"),
            Read("valid", "val"),
            Read("test", "test"),
            Source.Licence,
            new Dictionary<string, string> { [content.Name] = content.Sha256 }
        );

        Split Read(string split, string prefix)
        {
            var images = matrices[prefix + "_data"];
            var pixels = images.RowMajor();
            for (var i = 0; i < images.Rows; i++)
            {
                Upright(pixels.AsSpan(i * Side * Side, Side * Side));
            }

            return new(split, images.Rows, pixels, null, [.. matrices[prefix + "_labels"].Values]);
        }
    }

    // The file has an image column by column, with the background 1.
    private static void Upright(Span<byte> image)
    {
        Span<byte> columns = stackalloc byte[Side * Side];
        image.CopyTo(columns);
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                image[(y * Side) + x] = (byte)(columns[(x * Side) + y] == 0 ? 255 : 0);
            }
        }
    }
}
