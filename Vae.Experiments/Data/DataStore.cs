using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Vae.Experiments.Data;

/// <summary>Finds the files of published data sets, fetches what is missing, and hands out only what has the right checksum.</summary>
public sealed class DataStore(DataFolders folders, Downloader? downloader = null)
{
    /// <summary>Downloads what is in none of the folders. ExperimentException (Data): what to do when that fails.</summary>
    public void Require(DataSource source, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        foreach (var file in source.Files.Where(file => Find(source, file) is null))
        {
            if (folders.Offline || downloader is null)
            {
                throw Missing(source, file, "downloading is forbidden (VAE_OFFLINE)", []);
            }

            var folder = Path.Combine(folders.Downloads, source.Name);
            var failures = downloader.FetchAsync(source, file, folder, progress, cancellation).GetAwaiter().GetResult();
            if (failures.Count > 0)
            {
                throw Missing(source, file, "no mirror gave it", failures);
            }
        }
    }

    /// <summary>Whether every file of a data set is in one of the folders, right or wrong.</summary>
    public bool Has(DataSource source) => source.Files.All(file => Find(source, file) is not null);

    /// <summary>The content of a file that is there. ExperimentException (Data): it is missing, can't be read, or isn't the file it should be.</summary>
    public DataContent Read(DataSource source, DataFile file)
    {
        var path = Find(source, file) ?? throw Missing(source, file, "it is needed", []);
        try
        {
            var bytes = File.ReadAllBytes(path);
            if (Path.GetFileName(path) == file.Name)
            {
                Verify(path, file.Sha256, Hash(bytes));
                return new(
                    path,
                    file.Name,
                    file.Sha256,
                    file.Zipped ? Gzip.Inflate(bytes, (int)file.ContentSize) : bytes
                );
            }

            var content = file.Zipped ? bytes : Gzip.Inflate(bytes, (int)file.ContentSize);
            Verify(path, file.ContentSha256, Hash(content));
            return new(path, file.Zipped ? file.Twin : file.Name, file.ContentSha256, content);
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new ExperimentException(ExitCode.Data, $"{path}: can't be read: {failure.Message}", failure);
        }
    }

    /// <summary>What there is of a file, its checksum included.</summary>
    public DataFileStatus Status(DataSource source, DataFile file)
    {
        var how =
            source.Mirrors.Count > 0
                ? $"downloaded when it is needed, or put it into {Target(source)}"
                : $"nobody serves it; used where it lies in {Target(source)}";
        var missing = new DataFileStatus(
            source.Name,
            file.Name,
            DataFileState.Missing,
            null,
            null,
            source.Licence,
            how
        );
        if (Find(source, file) is not { } path)
        {
            return missing;
        }

        var there = missing with { Path = path, State = DataFileState.Wrong };
        try
        {
            using var stream = File.OpenRead(path);
            var twin = Path.GetFileName(path) != file.Name;
            using var content =
                twin && !file.Zipped ? new GZipStream(stream, CompressionMode.Decompress) : (Stream)stream;
            var right = Convert.ToHexStringLower(SHA256.HashData(content)) == (twin ? file.ContentSha256 : file.Sha256);
            return there with { Size = stream.Length, State = right ? DataFileState.Ok : DataFileState.Wrong };
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return there;
        }
    }

    private string? Find(DataSource source, DataFile file) =>
        folders
            .Search.SelectMany(folder =>
                new[] { file.Name, file.Twin }.Select(name => Path.Combine(folder, source.Name, name))
            )
            .FirstOrDefault(File.Exists);

    private string Target(DataSource source) =>
        Path.Combine(folders.Downloads, source.Name) + Path.DirectorySeparatorChar;

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static void Verify(string path, string expected, string found)
    {
        if (found != expected)
        {
            throw new ExperimentException(
                ExitCode.Data,
                $"{path}: sha256 is {found}, expected {expected}. The file is damaged or another one, and isn't used. Remove it, and it is downloaded anew."
            );
        }
    }

    private ExperimentException Missing(
        DataSource source,
        DataFile file,
        string reason,
        IReadOnlyList<MirrorFailure> failures
    )
    {
        var text = new StringBuilder();
        var looked = string.Join(", ", folders.Search.Select(folder => Path.Combine(folder, source.Name)));
        text.Append(
            CultureInfo.InvariantCulture,
            $"{source.Name}: {file.Name} isn't there, and {reason}. Looked in {looked}."
        );
        foreach (var failure in failures)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {failure.Address}: {failure.Reason}");
        }

        text.Append(
            CultureInfo.InvariantCulture,
            $"\nPut these files into {Target(source)} or $VAE_DATA/{source.Name}/ (sha256 first):"
        );
        foreach (var needed in source.Files)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {needed.Sha256}  {needed.Name}");
        }

        return new(
            ExitCode.Data,
            text.Append("\nOr use kind = \"glyphs\" in [data], which needs no files.").ToString()
        );
    }
}
