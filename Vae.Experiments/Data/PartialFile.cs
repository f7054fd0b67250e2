using System.Security.Cryptography;

namespace Vae.Experiments.Data;

/// <summary>The bytes of an unfinished download; those of an earlier try are there already.</summary>
internal sealed class PartialFile(string path) : IDisposable
{
    private readonly FileStream stream = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 0);

    /// <summary>Bytes so far.</summary>
    public long Length => stream.Length;

    /// <summary>Lower-case hex over all of them.</summary>
    public string Sha256()
    {
        stream.Position = 0;
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Forgets them.</summary>
    public void Discard() => stream.SetLength(0);

    /// <summary>Adds some; a failure here is the local disk's, so it must not look like a mirror's.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            stream.Position = stream.Length;
            stream.Write(bytes);
        }
        catch (IOException failure)
        {
            throw new ExperimentException(ExitCode.Data, $"{path}: can't be written: {failure.Message}", failure);
        }
    }

    /// <summary>Leaves the bytes for the next try; nothing at all leaves no file.</summary>
    public void Dispose()
    {
        var empty = stream.Length == 0;
        stream.Dispose();
        if (empty)
        {
            File.Delete(path);
        }
    }
}
