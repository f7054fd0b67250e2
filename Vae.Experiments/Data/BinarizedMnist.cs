namespace Vae.Experiments.Data;

/// <summary>MNIST binarised once: 50,000 / 10,000 / 10,000 images of 28×28, no labels.</summary>
/// <remarks>Salakhutdinov &amp; Murray 2008, doi:10.1145/1390156.1390266; the text files are Hugo Larochelle's.</remarks>
public static class BinarizedMnist
{
    private const int Side = 28;
    private const string Train = "binarized_mnist_train.amat";
    private const string Valid = "binarized_mnist_valid.amat";
    private const string Test = "binarized_mnist_test.amat";

    /// <summary>The files.</summary>
    public static DataSource Source { get; } =
        new(
            "binarized-mnist",
            "none stated; derived from MNIST (CC BY-SA 3.0)",
            [
                new("http://www.cs.toronto.edu/~larocheh/public/datasets/binarized_mnist/"),
                new(
                    "https://raw.githubusercontent.com/riannevdberg/sylvester-flows/32dde9b7d696fee94f946a338182e542779eecfe/data/MNIST_static/"
                ),
            ],
            [
                DataFile.Plain(Train, 78400000, "ad693b29f94c14277b095f5238ddefbbdaaae0939789dd2f4f0205278cee3e4d"),
                DataFile.Plain(Valid, 15680000, "1de3d397c40fe8eeb33dafd4099a1f665ec01e96d9be234aaeeac8a34930e2e2"),
                DataFile.Plain(Test, 15680000, "e6687bfea3f820c174f33b7865140b2a2dd2930ef786f35d45795fc193b5ab2c"),
            ]
        );

    /// <summary>Loads it.</summary>
    public static Dataset Load(
        DataSource source,
        DataStore store,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation
    )
    {
        store.Require(source, progress, cancellation);
        var sha256 = new Dictionary<string, string>();
        return new(
            source.Name,
            [1, Side, Side],
            Binarisation.Static,
            Read("train", Train),
            Read("valid", Valid),
            Read("test", Test),
            source.Licence,
            sha256
        );

        Split Read(string split, string name)
        {
            var content = store.Read(source, source[name]);
            sha256[content.Name] = content.Sha256;
            var pixels = Amat.Parse(content.Bytes, Side * Side);
            return new(split, pixels.Length / (Side * Side), pixels, null, null);
        }
    }
}
