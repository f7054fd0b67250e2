namespace Vae.Experiments.Data;

/// <summary>A folder of the user's: PNG pictures, or NumPy files of a sequence each, in the order of their paths. Folders in it are classes.</summary>
/// <param name="OfSequences">Whether it holds NumPy files.</param>
/// <param name="Classes">The names of the classes; none where there are no folders in it.</param>
/// <param name="Files">Every file with its class, a number of Classes.</param>
internal sealed record UserFolder(
    bool OfSequences,
    IReadOnlyList<string> Classes,
    IReadOnlyList<(string Path, int Class)> Files
)
{
    private const int MaxClasses = 256;

    /// <summary>The class of each file, where there are classes.</summary>
    public int[]? Labels => Classes.Count == 0 ? null : [.. Files.Select(file => file.Class)];

    /// <summary>Looks what is there. Classes are those of the training examples, where they have any. InvalidDataException: what can't be.</summary>
    public static UserFolder Open(string folder, IReadOnlyList<string>? trained = null)
    {
        string[] folders = [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal)];
        string[] names = [.. folders.Select(path => Path.GetFileName(path))];
        string[] classes = trained is { Count: > 0 } && names.Length > 0 ? [.. trained] : names;
        if (names.FirstOrDefault(name => !classes.Contains(name)) is { } strange)
        {
            throw new InvalidDataException(
                $"its folder '{strange}' is no class of the training examples, which are {string.Join(", ", classes)}"
            );
        }

        if (classes.Length > MaxClasses)
        {
            throw new InvalidDataException($"{classes.Length} folders; at most {MaxClasses} classes are possible");
        }

        var (pictures, sequences) = (Find("*.png"), Find("*.npy"));
        return (pictures.Length, sequences.Length) switch
        {
            (0, 0) => throw new InvalidDataException("no PNG picture and no NumPy file (.npy) is in this folder"),
            (> 0, > 0) => throw new InvalidDataException(
                "both PNG pictures and NumPy files are in this folder; it must hold one kind"
            ),
            _ => new(sequences.Length > 0, classes, [.. pictures, .. sequences]),
        };

        (string, int)[] Find(string pattern) =>
            folders.Length == 0
                ? [.. In(folder, pattern).Select(path => (path, -1))]
                :
                [
                    .. folders.SelectMany(
                        (path, i) => In(path, pattern).Select(file => (file, Array.IndexOf(classes, names[i])))
                    ),
                ];

        static IEnumerable<string> In(string folder, string pattern) =>
            Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal);
    }
}
