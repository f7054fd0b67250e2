using System.Text.RegularExpressions;

namespace Vae.Experiments.Config;

/// <summary>How C# names become names of the config.</summary>
public static partial class Naming
{
    /// <summary>A property's key: BatchSize → batch_size.</summary>
    public static string Key(string property) => Join(property, "_");

    /// <summary>An enum member's word: ClosedForm → closed-form.</summary>
    public static string Word(string member) => Join(member, "-");

    private static string Join(string name, string separator) => Boundary().Replace(name, separator).ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])")]
    private static partial Regex Boundary();
}
