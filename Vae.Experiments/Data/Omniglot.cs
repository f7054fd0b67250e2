using System.IO.Compression;
using Vae.Primitives;

namespace Vae.Experiments.Data;

/// <summary>Handwritten characters of 50 alphabets, reduced to 28×28 grey: 19,280 of 30 alphabets for training and validation, 13,180 of 20 others for test.</summary>
/// <remarks>
/// Lake, Salakhutdinov &amp; Tenenbaum 2015, doi:10.1126/science.aab3050, in the original split. A pixel is the inked part of its cell of 3.75×3.75 pixels of
/// the drawing. Labels are alphabets: 0..29 in training, 30..49 in test. Burda's chardata.mat, which many papers use, is another reduction and
/// another split: don't compare.
/// </remarks>
public static class Omniglot
{
    /// <summary>How many drawings of the background alphabets there are.</summary>
    public const int BackgroundCount = 19280;

    private const int EvaluationCount = 13180;
    private const int BackgroundAlphabets = 30;
    private const int Side = 28;
    private const int DrawingSide = 105;
    private const string Licence = "MIT, (c) 2015 Brenden Lake";

    /// <summary>The drawings as they were published.</summary>
    public static DataSource Drawings { get; } =
        new(
            "omniglot",
            Licence,
            [new("https://github.com/brendenlake/omniglot/raw/master/python/")],
            [
                DataFile.Plain(
                    "images_background.zip",
                    9464212,
                    "ad41ab679c8b5d90b271ef46be6987cc81211774a695c29dcc5367b2b26ee640"
                ),
                DataFile.Plain(
                    "images_evaluation.zip",
                    6462886,
                    "1f61a8f3366785b057fc117d9228e78a16e3d976c8953b2a10fcc74cf0609cee"
                ),
            ]
        );

    /// <summary>The same, reduced: used where somebody has put it.</summary>
    public static DataSource Reduced { get; } =
        new(
            "omniglot-28x28",
            Licence,
            [],
            [
                new(
                    "background-images-idx3-ubyte.gz",
                    2372468,
                    "05741c118d63fd5e762a6b3fc9478fca01518a6e3e896c7453b638a3429ed2de",
                    15115536,
                    "50ed0a07c5ca403804b5a2189f020212d501d8e961e324bcc0a59f825f1ffc0f"
                ),
                new(
                    "background-alphabets-idx1-ubyte.gz",
                    132,
                    "93dde714c49ef57346a86dac5673c2a8720c1e68c2bddf7876d80db52a684488",
                    19288,
                    "63ed50879557b2e64655717de0358655d9431ffc6ae037928ba2ba026b80edfc"
                ),
                new(
                    "evaluation-images-idx3-ubyte.gz",
                    1710417,
                    "def7213af7007e63a846fecc32202633cf2181a23d593a016b687ba8d480acf1",
                    10333136,
                    "855e261aeed9faab8e9d5a73a25cfd58e406e5f5837e4e92a679806ffe9968b0"
                ),
                new(
                    "evaluation-alphabets-idx1-ubyte.gz",
                    100,
                    "28408c769ef68f4fde81bc1aed0f528dc4379bdd21d20d727f619a83e0c4828d",
                    13188,
                    "33f467193d4004b6d1be2b213a87406658f2af932243738529656b37fc3452ad"
                ),
            ]
        );

    /// <summary>Loads it; the validation split is drawn from the background alphabets by the seed.</summary>
    public static Dataset Load(
        DataStore store,
        int validSize,
        uint seed,
        Binarisation binarisation,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        var sha256 = new Dictionary<string, string>();
        var (background, evaluation) = store.Has(Reduced)
            ? (
                ReadReduced("background", BackgroundCount, 0),
                ReadReduced("evaluation", EvaluationCount, BackgroundAlphabets)
            )
            : ReadDrawings();
        var order = Shuffle.Order(BackgroundCount, seed, Drawings.Name);
        var (train, valid, _) = Shuffle.Parts(background.InOrder(order), validSize, 0);
        return new(
            Drawings.Name,
            [1, Side, Side],
            binarisation,
            train,
            valid,
            evaluation with
            {
                Name = "test",
            },
            Licence,
            sha256
        );

        Split ReadReduced(string name, int count, int firstAlphabet)
        {
            var images = Content(Reduced, $"{name}-images-idx3-ubyte.gz");
            var alphabets = IdxArray.Parse(Content(Reduced, $"{name}-alphabets-idx1-ubyte.gz")).Bytes(count).ToArray();
            return new(
                name,
                count,
                IdxArray.Parse(images).Bytes(count, Side, Side).ToArray(),
                null,
                [.. alphabets.Select(a => (byte)(a + firstAlphabet))]
            );
        }

        (Split, Split) ReadDrawings()
        {
            store.Require(Drawings, progress, cancellation);
            return (
                Unpack("background", Content(Drawings, "images_background.zip"), BackgroundCount, 0),
                Unpack("evaluation", Content(Drawings, "images_evaluation.zip"), EvaluationCount, BackgroundAlphabets)
            );
        }

        byte[] Content(DataSource source, string name)
        {
            var content = store.Read(source, source[name]);
            sha256[content.Name] = content.Sha256;
            return content.Bytes;
        }
    }

    /// <summary>Reduces a drawing of 105×105 pixels, 0 where there is ink, to 28×28: 255 · (inked part of the cell), rounded.</summary>
    public static byte[] Reduce(ReadOnlySpan<byte> drawing)
    {
        const int perPixel = 4; // a pixel of the drawing is 4x4 of these, a cell of the picture 15x15
        const int perCell = 15;
        const int whole = perCell * perCell;
        if (drawing.Length != DrawingSide * DrawingSide)
        {
            throw new InvalidDataException($"a drawing of {drawing.Length} pixels, expected 105 x 105");
        }

        var inked = new int[Side * Side];
        for (var y = 0; y < DrawingSide * perPixel; y++)
        {
            for (var x = 0; x < DrawingSide * perPixel; x++)
            {
                if (drawing[(y / perPixel * DrawingSide) + (x / perPixel)] == 0)
                {
                    inked[(y / perCell * Side) + (x / perCell)]++;
                }
            }
        }

        return [.. inked.Select(n => (byte)(((2 * 255 * n) + whole) / (2 * whole)))];
    }

    private static Split Unpack(string name, byte[] zip, int count, int firstAlphabet)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        ZipArchiveEntry[] drawings =
        [
            .. archive
                .Entries.Where(entry => entry.FullName.EndsWith(".png", StringComparison.Ordinal))
                .OrderBy(Alphabet, StringComparer.Ordinal)
                .ThenBy(entry => entry.FullName.Split('/')[2], StringComparer.Ordinal)
                .ThenBy(entry => entry.Name, StringComparer.Ordinal),
        ];
        if (drawings.Length != count)
        {
            throw new ExperimentException(ExitCode.Data, $"omniglot: {drawings.Length} drawings, expected {count}");
        }

        var pixels = new byte[count * Side * Side];
        var labels = new int[count];
        List<string> alphabets = [];
        for (var i = 0; i < count; i++)
        {
            using var stream = drawings[i].Open();
            using var file = new MemoryStream();
            stream.CopyTo(file);
            Reduce(PngReader.Read(file.ToArray()).Pixels).CopyTo(pixels, i * Side * Side);
            if (alphabets.Count == 0 || alphabets[^1] != Alphabet(drawings[i]))
            {
                alphabets.Add(Alphabet(drawings[i]));
            }

            labels[i] = firstAlphabet + alphabets.Count - 1;
        }

        return new(name, count, pixels, null, labels);
    }

    private static string Alphabet(ZipArchiveEntry entry) => entry.FullName.Split('/')[1];
}
