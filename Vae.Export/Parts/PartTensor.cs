namespace Vae.Export.Parts;

/// <summary>What the numbers of an input are, and so what random ones look like.</summary>
public enum InputKind
{
    /// <summary>An example.</summary>
    Data,

    /// <summary>Standard normal numbers.</summary>
    Normal,

    /// <summary>A row with a single 1.</summary>
    Label,

    /// <summary>An output of the step before, between −1 and 1.</summary>
    State,
}

/// <summary>An input of a part: [B, Width].</summary>
public sealed record PartInput(string Name, long Width, InputKind Kind, string Meaning);

/// <summary>An output of a part: [B, ...].</summary>
public sealed record PartOutput(string Name, string Meaning);
