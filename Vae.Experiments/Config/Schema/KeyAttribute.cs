namespace Vae.Experiments.Config;

/// <summary>
/// Makes a property a key of its table. The key's name is the property's in snake_case, its type the property's; a required property is a required key,
/// and what a fresh record holds is the default (null: the key may be absent).
/// </summary>
/// <param name="doc">One sentence for docs/config.md.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KeyAttribute(string doc) : Attribute
{
    /// <summary>What the key means.</summary>
    public string Doc { get; } = doc;

    /// <summary>The smallest number allowed; for a list, of each element.</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>The largest number allowed; for a list, of each element.</summary>
    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>The number must be greater than this.</summary>
    public double Above { get; init; } = double.NegativeInfinity;

    /// <summary>The number must be less than this.</summary>
    public double Below { get; init; } = double.PositiveInfinity;

    /// <summary>The words a string may be.</summary>
    public string[] Words { get; init; } = [];

    /// <summary>The regular expression that a whole string matches.</summary>
    public string? Pattern { get; init; }

    /// <summary>The pattern in words: "must be ...".</summary>
    public string? PatternDoc { get; init; }

    /// <summary>The word that an integer may be instead; it stands for 0.</summary>
    public string? Zero { get; init; }

    /// <summary>What an absent key means, when that isn't simply "none".</summary>
    public string? Absent { get; init; }

    /// <summary>True for a key that doesn't change what is trained, but how often it's repeated, where, and what is looked at (<see cref="ConfigHash"/>).</summary>
    public bool Apart { get; init; }

    /// <summary>The most that the key may be under --smoke, which also gives it this value when it is absent; 0: --smoke leaves it alone.</summary>
    public int Smoke { get; init; }
}
