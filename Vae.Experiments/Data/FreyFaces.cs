namespace Vae.Experiments.Data;

/// <summary>1,965 frames of a film of Brendan Frey's face, 28×20 grey, without labels.</summary>
/// <remarks>
/// Roweis, Saul &amp; Hinton 2001, NIPS. The frames follow each other in time; there is no published split: they are put into an order drawn from a seed and
/// the last ones are for test and validation, so near neighbours of a test frame are in training, as in every paper that does so.
/// </remarks>
public static class FreyFaces
{
    /// <summary>How many frames there are.</summary>
    public const int Count = 1965;

    private const int Height = 28;
    private const int Width = 20;
    private const string Mat = "frey_rawface.mat";

    /// <summary>The file.</summary>
    public static DataSource Source { get; } =
        new(
            "frey-faces",
            "none stated; B. Frey and S. Roweis",
            [new("https://cs.nyu.edu/~roweis/data/")],
            [DataFile.Plain(Mat, 1100584, "265a83a23adb081755cd3de375509828e690324d1d60f076b8ecebc840d59c64")]
        );

    /// <summary>Loads it.</summary>
    public static Dataset Load(
        DataStore store,
        int validSize,
        int testSize,
        uint seed,
        Binarisation binarisation,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        store.Require(Source, progress, cancellation);
        var content = store.Read(Source, Source[Mat]);
        var faces = MatFile.Parse(content.Bytes)["ff"]; // a face is a column, its rows of 20 one after another
        const int size = Height * Width;
        var pixels = new byte[Count * size];
        foreach (var (place, face) in Shuffle.Order(Count, seed, Source.Name).Index())
        {
            faces.Values.AsSpan(face * size, size).CopyTo(pixels.AsSpan(place * size));
        }

        var all = new Split("all", Count, pixels, null, null);
        var (train, valid, test) = Shuffle.Parts(all, validSize, testSize);
        return new(
            Source.Name,
            [1, Height, Width],
            binarisation,
            train,
            valid,
            test,
            Source.Licence,
            new Dictionary<string, string> { [content.Name] = content.Sha256 }
        );
    }
}
