using System.Security.Cryptography;

namespace Vae.Experiments.Data;

/// <summary>The user's own examples: an IDX or NumPy file, zipped or not, or a folder of PNG pictures or of NumPy files with a sequence each.</summary>
/// <remarks>
/// [N, H, W] are grey pictures, [N, 3, H, W] and [N, H, W, 3] colour ones (where both could be meant, the first), [N, D] vectors. Bytes are pixels, floating-point numbers are taken as they are.
/// The files of a folder come in the order of their paths; folders in it are classes, labelled 0, 1, ... in the order of their names.
/// Sequences are [T, D] each, of their own length T; they are filled up with zeros to the longest of all splits.
/// </remarks>
public static class UserFiles
{
    private const string Name = "files";
    private const int MaxLabel = 255;

    /// <summary>The shape of one example, from the headers of files alone; of sequences the longest. ExperimentException (Data): what is wrong.</summary>
    /// <param name="paths">The training examples, then those of the other splits.</param>
    public static IReadOnlyList<int> ShapeOf(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var shape = Shape(paths[0]);
        int steps = shape.Count == 2 ? paths.Select(Shape).Where(other => other.Count == 2).Max(other => other[0]) : 0;
        return shape.Count == 2 ? [steps, shape[1]] : shape;

        static IReadOnlyList<int> Shape(string path) =>
            Guard(
                path,
                () =>
                    !Directory.Exists(path) ? UserArray.Shape(UserArray.Header(path).Dimensions).Shape
                    : UserFolder.Open(path) is { OfSequences: true } sequences ? UserSequences.ShapeOf(sequences)
                    : UserPictures.ShapeOf(UserFolder.Open(path))
            );
    }

    /// <summary>Whether examples are pictures of bytes rather than numbers.</summary>
    public static bool ArePixels(string path) =>
        Guard(path, () => Directory.Exists(path) ? !UserFolder.Open(path).OfSequences : UserArray.Header(path).Bytes);

    /// <summary>Whether examples are sequences that are not all of the same length.</summary>
    public static bool AreRagged(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return paths
                .Where(path => Directory.Exists(path) && !ArePixels(path))
                .SelectMany(path => Guard(path, () => UserSequences.Headers(UserFolder.Open(path)).Lengths))
                .Distinct()
                .Count() > 1;
    }

    /// <summary>How many classes the labels of all splits make, or the folders; 0: there are none.</summary>
    public static int ClassesOf(IReadOnlyList<(string Examples, string? Labels)> splits)
    {
        ArgumentNullException.ThrowIfNull(splits);
        return splits.Max(files =>
            files.Labels is { } path ? Guard(path, () => Labels(path, [])).DefaultIfEmpty(-1).Max() + 1
            : Directory.Exists(files.Examples)
                ? Guard(files.Examples, () => UserFolder.Open(files.Examples)).Classes.Count
            : 0
        );
    }

    /// <summary>Loads the splits; what has no file of its own is cut from the training examples, in an order drawn from the seed.</summary>
    public static Dataset Load(
        (string Examples, string? Labels) train,
        (string Examples, string? Labels)? valid,
        (string Examples, string? Labels)? test,
        int validSize,
        int testSize,
        uint seed,
        Binarisation binarisation
    )
    {
        var sha256 = new Dictionary<string, string>();
        var shape = ShapeOf([train.Examples, .. new[] { valid?.Examples, test?.Examples }.OfType<string>()]);
        var classes = Directory.Exists(train.Examples) ? UserFolder.Open(train.Examples).Classes : null;
        var (all, _) = Read("train", train);
        bool cut = validSize + testSize > 0;
        var (trained, validated, tested) = Shuffle.Parts(
            cut ? all.InOrder(Shuffle.Order(all.Count, seed, Name)) : all,
            validSize,
            testSize
        );
        validated = valid is { } v ? Same("valid", v) : validated;
        tested = test is { } t ? Same("test", t) : tested;
        sha256[Dataset.TestContent] = ContentHash.Of(tested)["content"];
        return new(
            Name,
            shape,
            all.Pixels is null ? Binarisation.None : binarisation,
            trained,
            validated,
            tested,
            "the user's",
            sha256
        );

        Split Same(string name, (string Examples, string? Labels) files)
        {
            var (split, its) = Read(name, files);
            return its.SequenceEqual(shape) && split.Pixels is null == all.Pixels is null
                ? split
                : throw new ExperimentException(
                    ExitCode.Data,
                    $"{files.Examples}: examples of {Words(its, split)}, but those of {train.Examples} are of {Words(shape, all)}"
                );
        }

        (Split, IReadOnlyList<int>) Read(string name, (string Examples, string? Labels) files)
        {
            var (split, its) = Guard(files.Examples, () => Examples(name, files.Examples, shape[0], classes, sha256));
            if (files.Labels is not { } path)
            {
                return (split, its);
            }

            var labels = Guard(path, () => Labels(path, sha256));
            return labels.Length == split.Count
                ? (split with { Labels = labels }, its)
                : throw new ExperimentException(
                    ExitCode.Data,
                    $"{path}: {labels.Length} labels for {split.Count} examples of {files.Examples}"
                );
        }
    }

    /// <summary>What reading gives; or ExperimentException (Data) with the path before what went wrong.</summary>
    internal static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new ExperimentException(ExitCode.Data, $"{path}: {e.Message}", e);
        }
    }

    private static string Words(IReadOnlyList<int> shape, Split split) =>
        $"[{string.Join(", ", shape)}] {(split.Pixels is null ? "numbers" : "pixels")}";

    private static (Split, IReadOnlyList<int>) Examples(
        string name,
        string path,
        int steps,
        IReadOnlyList<string>? classes,
        Dictionary<string, string> sha256
    )
    {
        if (!Directory.Exists(path))
        {
            return UserArray.Read(name, Content(path, sha256));
        }

        var folder = UserFolder.Open(path, classes);
        var (split, shape) = folder.OfSequences
            ? UserSequences.Read(name, folder, Math.Max(steps, UserSequences.ShapeOf(folder)[0]))
            : UserPictures.Read(name, folder);
        sha256[path] = ContentHash.Of(split)["content"];
        return (split, shape);
    }

    private static int[] Labels(string path, Dictionary<string, string> sha256)
    {
        long[] labels = UserArray.Integers(Content(path, sha256));
        int strange = Array.FindIndex(labels, label => label is < -1 or > MaxLabel);
        return strange < 0
            ? [.. labels.Select(label => (int)label)]
            : throw new InvalidDataException(
                $"the label at [{strange}] is {labels[strange]}; allowed are 0 to {MaxLabel}, and -1 where it isn't known"
            );
    }

    private static ReadOnlyMemory<byte> Content(string path, Dictionary<string, string> sha256)
    {
        var bytes = File.ReadAllBytes(path);
        sha256[path] = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return Gzip.Is(bytes) ? Gzip.Inflate(bytes) : bytes;
    }
}
