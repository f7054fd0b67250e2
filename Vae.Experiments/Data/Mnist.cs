namespace Vae.Experiments.Data;

/// <summary>MNIST, and Fashion-MNIST in the same files: 60,000 + 10,000 grey images of 28×28 with labels 0..9.</summary>
/// <remarks>
/// LeCun, Bottou, Bengio &amp; Haffner 1998, doi:10.1109/5.726791; Xiao, Rasul &amp; Vollgraf 2017, arXiv:1708.07747.
/// Of the 60,000 the last validSize are the valid split; test is the published one.
/// </remarks>
public static class Mnist
{
    private const int TrainCount = 60_000;
    private const int TestCount = 10_000;
    private const int Side = 28;
    private const int ImagesSize = 16 + (Side * Side * TestCount);
    private const int TrainImagesSize = 16 + (Side * Side * TrainCount);

    /// <summary>The handwritten digits.</summary>
    public static DataSource Digits { get; } =
        new(
            "mnist",
            "CC BY-SA 3.0, (c) Yann LeCun and Corinna Cortes",
            [
                new("https://ossci-datasets.s3.amazonaws.com/mnist/"),
                new("https://storage.googleapis.com/cvdf-datasets/mnist/"),
                new("http://yann.lecun.com/exdb/mnist/"),
            ],
            [
                new(
                    "train-images-idx3-ubyte.gz",
                    9912422,
                    "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                    TrainImagesSize,
                    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
                ),
                new(
                    "train-labels-idx1-ubyte.gz",
                    28881,
                    "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                    8 + TrainCount,
                    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
                ),
                new(
                    "t10k-images-idx3-ubyte.gz",
                    1648877,
                    "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                    ImagesSize,
                    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
                ),
                new(
                    "t10k-labels-idx1-ubyte.gz",
                    4542,
                    "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                    8 + TestCount,
                    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
                ),
            ]
        );

    /// <summary>Articles of clothing.</summary>
    public static DataSource Fashion { get; } =
        new(
            "fashion-mnist",
            "MIT, (c) 2017 Zalando SE",
            [
                new("https://storage.googleapis.com/tensorflow/tf-keras-datasets/"),
                new("https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/"),
                new("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
            ],
            [
                new(
                    "train-images-idx3-ubyte.gz",
                    26421880,
                    "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                    TrainImagesSize,
                    "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"
                ),
                new(
                    "train-labels-idx1-ubyte.gz",
                    29515,
                    "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                    8 + TrainCount,
                    "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"
                ),
                new(
                    "t10k-images-idx3-ubyte.gz",
                    4422102,
                    "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                    ImagesSize,
                    "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"
                ),
                new(
                    "t10k-labels-idx1-ubyte.gz",
                    5148,
                    "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                    8 + TestCount,
                    "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"
                ),
            ]
        );

    /// <summary>Loads one of the two. Binarisation only says what is done with the bytes later.</summary>
    public static Dataset Load(
        DataSource source,
        DataStore store,
        int validSize,
        Binarisation binarisation,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(validSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(validSize, TrainCount - 1);
        store.Require(source, progress, cancellation);
        var sha256 = new Dictionary<string, string>();
        var published = Read("train", TrainCount);
        return new(
            source.Name,
            [1, Side, Side],
            binarisation,
            published.Slice("train", 0, TrainCount - validSize),
            published.Slice("valid", TrainCount - validSize, validSize),
            Read("t10k", TestCount) with
            {
                Name = "test",
            },
            source.Licence,
            sha256
        );

        Split Read(string prefix, int count) =>
            new(
                prefix,
                count,
                Bytes($"{prefix}-images-idx3-ubyte.gz", count, Side, Side),
                null,
                [.. Bytes($"{prefix}-labels-idx1-ubyte.gz", count)]
            );

        byte[] Bytes(string name, params ReadOnlySpan<int> shape)
        {
            var content = store.Read(source, source[name]);
            sha256[content.Name] = content.Sha256;
            return IdxArray.Parse(content.Bytes).Bytes(shape).ToArray();
        }
    }
}
