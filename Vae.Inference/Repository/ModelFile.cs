using System.Globalization;
using IoPath = System.IO.Path;

namespace Vae.Inference.Repository;

/// <summary>A model's version on disk: FOLDER/NAME/VERSION/model.onnx.</summary>
public sealed record ModelFile(string Name, int Version, string Path)
{
    private const string FileName = "model.onnx";

    /// <summary>The folder itself, or its models/ where it is a run directory.</summary>
    public static string Root(string folder)
    {
        string full = IoPath.GetFullPath(folder);
        string inside = IoPath.Combine(full, "models");
        bool isRun = File.Exists(IoPath.Combine(full, "config.toml"));
        return isRun && Directory.Exists(inside) ? inside : full;
    }

    /// <summary>The versions of all models in a repository; folders that are not numbers are no versions.</summary>
    public static IReadOnlyList<ModelFile> All(string root) =>
        [
            .. Directory
                .EnumerateDirectories(root)
                .Select(IoPath.GetFileName)
                .OfType<string>()
                .Where(ModelName.IsValid)
                .Order(StringComparer.Ordinal)
                .SelectMany(name => Versions(root, name)),
        ];

    /// <summary>The versions of one model, the oldest first.</summary>
    public static IReadOnlyList<ModelFile> Versions(string root, string name)
    {
        string folder = IoPath.Combine(root, name);
        if (!ModelName.IsValid(name) || !Directory.Exists(folder))
        {
            return [];
        }

        return
        [
            .. Directory
                .EnumerateDirectories(folder)
                .Select(path => (Path: path, Version: VersionOf(IoPath.GetFileName(path))))
                .Where(v => v.Version > 0 && File.Exists(IoPath.Combine(v.Path, FileName)))
                .OrderBy(v => v.Version)
                .Select(v => new ModelFile(name, v.Version, IoPath.Combine(v.Path, FileName))),
        ];
    }

    /// <summary>The number that a version's name is; 0: it is none.</summary>
    public static int VersionOf(string name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int version)
        && version.ToString(CultureInfo.InvariantCulture) == name
            ? version
            : 0;

    /// <summary>The file's bytes.</summary>
    /// <exception cref="InvalidDataException">A symbolic link is on its way: it might lead anywhere.</exception>
    public byte[] Read()
    {
        var version = new FileInfo(Path).Directory!;
        foreach (FileSystemInfo step in new FileSystemInfo[] { version.Parent!, version, new FileInfo(Path) })
        {
            if (step.LinkTarget is not null)
            {
                throw new InvalidDataException($"{step.FullName} is a symbolic link, and links aren't followed here");
            }
        }

        return File.ReadAllBytes(Path);
    }
}
