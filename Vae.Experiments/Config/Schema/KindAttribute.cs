namespace Vae.Experiments.Config;

/// <summary>Makes a record one kind of the table that its base record is. This is all the registration there is.</summary>
/// <param name="name">The word that `kind` takes.</param>
/// <param name="doc">What the kind is, in a sentence or two for docs/config.md.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class KindAttribute(string name, string doc) : Attribute
{
    /// <summary>The word that `kind` takes.</summary>
    public string Name { get; } = name;

    /// <summary>What the kind is.</summary>
    public string Doc { get; } = doc;
}
