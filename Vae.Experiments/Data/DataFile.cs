namespace Vae.Experiments.Data;

/// <summary>A file of a data set, as its mirrors serve it, and what it must be.</summary>
/// <param name="Name">The mirrors' name for it.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Sha256">Of the file, in lower-case hex.</param>
/// <param name="ContentSize">In bytes, unzipped; equals Size when the file isn't zipped.</param>
/// <param name="ContentSha256">Unzipped; equals Sha256 when the file isn't zipped.</param>
public sealed record DataFile(string Name, long Size, string Sha256, long ContentSize, string ContentSha256)
{
    /// <summary>A file that the mirrors serve as it is.</summary>
    public static DataFile Plain(string name, long size, string sha256) => new(name, size, sha256, size, sha256);

    /// <summary>True when the mirrors serve it zipped.</summary>
    public bool Zipped => IsZipped(Name);

    /// <summary>The other form that is welcome in a data folder: unzipped, or zipped by whoever put it there. Its content's checksum counts.</summary>
    public string Twin => Zipped ? Name[..^3] : Name + ".gz";

    /// <summary>Whether a name says gzip.</summary>
    public static bool IsZipped(string name) => name.EndsWith(".gz", StringComparison.Ordinal);
}
