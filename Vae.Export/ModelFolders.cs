using System.Globalization;
using System.Text.RegularExpressions;
using Vae.Primitives;

namespace Vae.Export;

/// <summary>The folders of one export, &lt;name&gt;-&lt;part&gt;/&lt;version&gt;/: drafts, until all are there; then all of them, or none.</summary>
/// <remarks>A version is one more than the greatest that any of the parts has, so that all parts of an export have the same.</remarks>
internal sealed partial class ModelFolders : IDisposable
{
    private readonly string root;
    private readonly string name;
    private readonly List<(string Draft, string Model)> drafts = [];

    internal ModelFolders(string root, string name)
    {
        if (!Name().IsMatch(name))
        {
            throw new ExportException(
                $"'{name}' can't name a model: 1 to 64 letters, digits, '.', '_' or '-', without a leading dot"
            );
        }

        (this.root, this.name) = (Path.GetFullPath(root), name);
    }

    /// <summary>An empty folder to write a part into.</summary>
    internal string Draft(string part)
    {
        string folder = $"{name}-{part}";
        if (!Name().IsMatch(folder))
        {
            throw new ExportException($"'{folder}' is too long for a model's name, which has at most 64 characters");
        }

        string model = Path.Combine(root, folder);
        string draft = AtomicFile.TemporaryFor(Path.Combine(model, "draft"));
        Directory.CreateDirectory(draft);
        drafts.Add((draft, model));
        return draft;
    }

    /// <summary>Gives all drafts their final name, and says which version that is.</summary>
    internal int Commit()
    {
        int version = 1 + drafts.SelectMany(d => Versions(d.Model)).DefaultIfEmpty().Max();
        foreach (var (draft, model) in drafts)
        {
            Directory.Move(draft, Path.Combine(model, version.ToString(CultureInfo.InvariantCulture)));
        }

        drafts.Clear();
        return version;
    }

    /// <summary>Removes the drafts that weren't committed, and folders that hold nothing else.</summary>
    public void Dispose()
    {
        foreach (var (draft, model) in drafts.Where(d => Directory.Exists(d.Draft)))
        {
            Directory.Delete(draft, recursive: true);
            if (!Directory.EnumerateFileSystemEntries(model).Any())
            {
                Directory.Delete(model);
            }
        }
    }

    private static IEnumerable<int> Versions(string model) =>
        Directory
            .EnumerateDirectories(model)
            .Select(Path.GetFileName)
            .Select(folder =>
                int.TryParse(folder, NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? version : 0
            );

    [GeneratedRegex(@"^(?!\.)[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex Name();
}
