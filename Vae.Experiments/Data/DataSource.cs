namespace Vae.Experiments.Data;

/// <summary>A published data set: its files and who serves them.</summary>
/// <param name="Name">Its name in a config, and of its folder.</param>
/// <param name="Licence">Who holds the rights, in a phrase.</param>
/// <param name="Mirrors">Addresses that end in '/'; a file's name is put behind. Tried in this order.</param>
/// <param name="Files">All of them are needed.</param>
public sealed record DataSource(string Name, string Licence, IReadOnlyList<Uri> Mirrors, IReadOnlyList<DataFile> Files)
{
    /// <summary>The file of this name.</summary>
    public DataFile this[string name] => Files.First(file => file.Name == name);
}
