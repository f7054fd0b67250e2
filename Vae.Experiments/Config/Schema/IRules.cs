namespace Vae.Experiments.Config;

/// <summary>A table with rules between its keys. They are asked only when every value below the table is sound by itself.</summary>
public interface IRules
{
    /// <summary>The rules that are broken.</summary>
    IEnumerable<BrokenRule> Broken();
}

/// <summary>A broken rule between keys.</summary>
/// <param name="Key">The dotted path, from the table, of the key to point at; when it isn't in the file, the nearest table above it is pointed at.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
public sealed record BrokenRule(string Key, string Message);
