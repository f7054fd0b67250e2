namespace Vae.Experiments.Config;

/// <summary>Makes a record a table of the config. An abstract record's table has a key `kind`, which names one of the records derived from it.</summary>
/// <param name="doc">What the table is about, in a sentence or two for docs/config.md.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TableAttribute(string doc) : Attribute
{
    /// <summary>What the table is about.</summary>
    public string Doc { get; } = doc;

    /// <summary>The kind of a required table that names none.</summary>
    public string? DefaultKind { get; init; }
}
