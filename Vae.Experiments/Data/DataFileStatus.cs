namespace Vae.Experiments.Data;

/// <summary>What there is of a file.</summary>
public enum DataFileState
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>The right file.</summary>
    Ok,

    /// <summary>A file of that name whose checksum is wrong, or that can't be read.</summary>
    Wrong,

    /// <summary>No file is needed: the program makes the data itself.</summary>
    Generated,
}

/// <summary>A row of what 'vae data' prints.</summary>
/// <param name="DataSet">The data set's name in a config.</param>
/// <param name="File">The file's name; "-" for generated data.</param>
/// <param name="State">What there is of it.</param>
/// <param name="Path">Where it is; null when it isn't.</param>
/// <param name="Size">In bytes; null when it isn't there.</param>
/// <param name="Licence">Who holds the rights, in a phrase.</param>
/// <param name="How">How it can be had.</param>
public sealed record DataFileStatus(
    string DataSet,
    string File,
    DataFileState State,
    string? Path,
    long? Size,
    string Licence,
    string How
);
