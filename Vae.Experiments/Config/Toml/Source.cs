using System.Globalization;

namespace Vae.Experiments.Config;

/// <summary>Where a key or a value was written: a place in a file, or an override.</summary>
/// <param name="Name">The file as the user named it, or "override 'a.b=v'".</param>
/// <param name="Line">The line, from 1; 0 in an override.</param>
/// <param name="Column">The column in characters, from 1; 0 in an override.</param>
public readonly record struct Source(string Name, int Line, int Column)
{
    /// <summary>Whether an override wrote it.</summary>
    public bool IsOverride => Line == 0;

    /// <summary>The source of everything that an override writes.</summary>
    public static Source OfOverride(string text) => new($"override '{text}'", 0, 0);

    /// <inheritdoc/>
    public override string ToString() =>
        IsOverride ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name}:{Line}:{Column}");
}
