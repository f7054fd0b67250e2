namespace Vae.Primitives;

/// <summary>A file is there and can be read, but its content isn't what was once written.</summary>
public sealed class CorruptFileException(string path, string reason, Exception? inner = null)
    : IOException($"{path}: {reason}", inner)
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>What is wrong with it.</summary>
    public string Reason { get; } = reason;
}
