using System.Security.Cryptography;
using Vae.Primitives;

namespace Vae.Experiments.Data;

/// <summary>The user's own examples: an IDX or NumPy file, zipped or not, or a folder of PNG pictures.</summary>
/// <remarks>
/// [N, H, W] are grey pictures, [N, 3, H, W] and [N, H, W, 3] colour ones (where both could be meant, the first), [N, D] vectors. Bytes are pixels, floating-point numbers are taken as they are.
/// The pictures of a folder come in the order of their paths; folders in it are classes, labelled 0, 1, ... in the order of their names.
/// </remarks>
public static class UserFiles
{
    private const string Name = "files";

    /// <summary>The shape of one example, from the file's header alone. ExperimentException (Data): what is wrong.</summary>
    public static IReadOnlyList<int> ShapeOf(string path) =>
        Guard(path, () => Directory.Exists(path) ? Pictures(path, 1).Shape : Shape(Header(path)).Shape);

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
        var (all, shape) = Read("train", train, sha256);
        bool cut = validSize + testSize > 0;
        var (trained, validated, tested) = Shuffle.Parts(
            cut ? all.InOrder(Shuffle.Order(all.Count, seed, Name)) : all,
            validSize,
            testSize
        );
        return new(
            Name,
            shape,
            all.Pixels is null ? Binarisation.None : binarisation,
            trained,
            valid is { } v ? Same("valid", v) : validated,
            test is { } t ? Same("test", t) : tested,
            "the user's",
            sha256
        );

        Split Same(string name, (string Examples, string? Labels) files)
        {
            var (split, its) = Read(name, files, sha256);
            return its.SequenceEqual(shape) && split.Pixels is null == all.Pixels is null
                ? split
                : throw new ExperimentException(
                    ExitCode.Data,
                    $"{files.Examples}: examples of {Words(its, split)}, but those of {train.Examples} are of {Words(shape, all)}"
                );
        }
    }

    private static string Words(IReadOnlyList<int> shape, Split split) =>
        $"[{string.Join(", ", shape)}] {(split.Pixels is null ? "numbers" : "pixels")}";

    private static (Split, IReadOnlyList<int>) Read(
        string name,
        (string Examples, string? Labels) files,
        Dictionary<string, string> sha256
    )
    {
        var (split, shape) = Guard(files.Examples, () => Examples(name, files.Examples, sha256));
        if (files.Labels is not { } path)
        {
            return (split, shape);
        }

        var labels = Guard(path, () => Labels(path, sha256));
        return labels.Length == split.Count
            ? (split with { Labels = labels }, shape)
            : throw new ExperimentException(
                ExitCode.Data,
                $"{path}: {labels.Length} labels for {split.Count} examples of {files.Examples}"
            );
    }

    private static (Split, IReadOnlyList<int>) Examples(string name, string path, Dictionary<string, string> sha256)
    {
        if (Directory.Exists(path))
        {
            var (pictures, size) = Pictures(path, int.MaxValue, name);
            sha256[path] = ContentHash.Of(pictures)["content"];
            return (pictures, size);
        }

        var file = Content(path, sha256);
        if (IsNpy(file.Span))
        {
            var array = NpyArray.Parse(file);
            var (shape, last) = Shape(array.Dimensions);
            int count = array.Dimensions[0];
            return array.Type switch
            {
                NpyType.U1 => (
                    new Split(name, count, ChannelsFirst(array.Bytes(), count, shape, last), null, null),
                    shape
                ),
                NpyType.F4 or NpyType.F8 => (
                    new Split(name, count, null, ChannelsFirst(array.Floats(), count, shape, last), null),
                    shape
                ),
                _ => throw new InvalidDataException(
                    $"elements of type {array.Type}; examples are uint8 (pixels) or floating-point numbers"
                ),
            };
        }

        var idx = IdxArray.Parse(file);
        var (idxShape, idxLast) = Shape(idx.Dimensions);
        var bytes = idx.Bytes([.. idx.Dimensions]).ToArray();
        return (
            new Split(name, idx.Dimensions[0], ChannelsFirst(bytes, idx.Dimensions[0], idxShape, idxLast), null, null),
            idxShape
        );
    }

    private static byte[] Labels(string path, Dictionary<string, string> sha256)
    {
        var file = Content(path, sha256);
        long[] labels = IsNpy(file.Span)
            ? NpyArray.Parse(file).Integers()
            : [.. IdxArray.Parse(file) is { Type: IdxType.Byte } idx ? idx.Data.ToArray().Select(b => (long)b) : []];
        return labels.All(label => label is >= 0 and <= 255)
            ? [.. labels.Select(label => (byte)label)]
            : throw new InvalidDataException("a label isn't one of 0 to 255");
    }

    private static (Split Split, IReadOnlyList<int> Shape) Pictures(string folder, int max, string name = "")
    {
        string[] classes = [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal)];
        (string Path, int? Class)[] files =
            classes.Length == 0
                ? [.. Files(folder).Select(path => (path, (int?)null))]
                : [.. classes.SelectMany((c, i) => Files(c).Select(path => (path, (int?)i)))];
        if (files.Length == 0)
        {
            throw new InvalidDataException("no PNG picture is in this folder");
        }

        if (classes.Length > 256)
        {
            throw new InvalidDataException($"{classes.Length} folders; at most 256 classes are possible");
        }

        PngImage[] pictures =
        [
            .. files.Take(max).Select(file => Guard(file.Path, () => PngReader.Read(File.ReadAllBytes(file.Path)))),
        ];
        var first = pictures[0];
        foreach (var (i, odd) in pictures.Index())
        {
            if ((odd.Width, odd.Height, odd.Channels) != (first.Width, first.Height, first.Channels))
            {
                throw new InvalidDataException(
                    $"{files[i].Path} has {odd.Width} x {odd.Height} pixels and {odd.Channels} channels, {files[0].Path} {first.Width} x {first.Height} and {first.Channels}"
                );
            }
        }

        int[] shape = [first.Channels, first.Height, first.Width];
        byte[] pixels = [.. pictures.SelectMany(p => p.Pixels)];
        byte[]? labels = classes.Length == 0 ? null : [.. files.Take(max).Select(file => (byte)file.Class!)];
        return (
            new(name, pictures.Length, ChannelsFirst(pixels, pictures.Length, shape, last: true), null, labels),
            shape
        );

        static IEnumerable<string> Files(string folder) =>
            Directory.GetFiles(folder, "*.png").Order(StringComparer.Ordinal);
    }

    // The shape of one example, and whether its channels come last in the file.
    private static (IReadOnlyList<int> Shape, bool ChannelsLast) Shape(IReadOnlyList<int> dimensions) =>
        dimensions switch
        {
            _ when dimensions.Any(d => d < 1) => throw new InvalidDataException("the array is empty"),
            [_, var d] => ([d], false),
            [_, var h, var w] => ([1, h, w], false),
            [_, (1 or 3) and var c, var h, var w] => ([c, h, w], false),
            [_, var h, var w, (1 or 3) and var c] => ([c, h, w], true),
            _ => throw new InvalidDataException(
                $"an array of [{string.Join(", ", dimensions)}]; allowed are [N, D], [N, H, W], [N, C, H, W] and [N, H, W, C] with 1 or 3 channels"
            ),
        };

    private static T[] ChannelsFirst<T>(T[] values, int count, IReadOnlyList<int> shape, bool last)
    {
        if (!last || shape[0] == 1)
        {
            return values;
        }

        var (channels, plane) = (shape[0], shape[1] * shape[2]);
        var moved = new T[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var (example, rest) = Math.DivRem(i, channels * plane);
            var (pixel, channel) = Math.DivRem(rest, channels);
            moved[(((example * channels) + channel) * plane) + pixel] = values[i];
        }

        return moved;
    }

    private static bool IsNpy(ReadOnlySpan<byte> file) => file is [0x93, (byte)'N', ..];

    private static ReadOnlyMemory<byte> Content(string path, Dictionary<string, string> sha256)
    {
        var bytes = File.ReadAllBytes(path);
        sha256[path] = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return Gzip.Is(bytes) ? Gzip.Inflate(bytes) : bytes;
    }

    // The dimensions from the first bytes of a file.
    private static IReadOnlyList<int> Header(string path)
    {
        const int enough = 1 << 12;
        using var file = File.OpenRead(path);
        Span<byte> two = stackalloc byte[2];
        file.ReadAtLeast(two, 2, throwOnEndOfStream: false);
        file.Position = 0;
        using Stream content = Gzip.Is(two)
            ? new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionMode.Decompress)
            : file;
        var head = new byte[enough];
        var length = content.ReadAtLeast(head, enough, throwOnEndOfStream: false);
        return IsNpy(head)
            ? NpyArray.Parse(head.AsMemory(0, length)).Dimensions
            : IdxArray.Lengths(head.AsSpan(0, length));
    }

    private static T Guard<T>(string path, Func<T> read)
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
}
