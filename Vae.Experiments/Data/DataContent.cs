namespace Vae.Experiments.Data;

/// <summary>A verified file's content, unzipped.</summary>
/// <param name="Path">Where it was found.</param>
/// <param name="Name">What Sha256 is the checksum of: the file as the mirrors serve it, or its unzipped content under the unzipped name.</param>
/// <param name="Sha256">Lower-case hex.</param>
/// <param name="Bytes">The content.</param>
public sealed record DataContent(string Path, string Name, string Sha256, byte[] Bytes);
