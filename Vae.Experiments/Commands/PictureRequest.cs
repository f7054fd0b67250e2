using Vae.Experiments.Config;

namespace Vae.Experiments.Commands;

/// <summary>What all commands that make a picture take.</summary>
[Table("A picture by a trained model.")]
internal abstract record PictureRequest
{
    [Key(
        "Where the picture goes.",
        Absent = "the run's figures folder, under the command's name",
        Pattern = ".+",
        PatternDoc = "a path"
    )]
    public string? Out { get; init; }
}

/// <summary>The keys of vae sample.</summary>
[Table("Drawings from the prior.")]
internal sealed record SampleRequest : PictureRequest
{
    [Key("How many.", Min = 1, Max = 10000)]
    public int N { get; init; } = 64;

    [Key("The seed of the noise.", Min = 0, Max = int.MaxValue)]
    public int Seed { get; init; }

    [Key("Draw from this class only.", Min = 0, Absent = "from all")]
    public int? Label { get; init; }

    [Key("Scales the noise: below 1 typical drawings, above 1 unusual ones.", Min = 0)]
    public double Temperature { get; init; } = 1;
}

/// <summary>The keys of vae reconstruct.</summary>
[Table("Examples and their reconstructions.")]
internal sealed record ReconstructRequest : PictureRequest
{
    [Key("How many.", Min = 1, Max = 10000)]
    public int N { get; init; } = 32;

    [Key("The seed of the posterior's noise.", Min = 0, Max = int.MaxValue)]
    public int Seed { get; init; }

    [Key(
        "For a model of sequences: it sees only so many first steps (rows of a picture) and makes up the rest.",
        Min = 0,
        Absent = "it sees everything"
    )]
    public int? Seen { get; init; }

    [Key("Where the examples are taken from.")]
    public SplitName Split { get; init; } = SplitName.Test;
}

/// <summary>The keys of vae traverse.</summary>
[Table("One latent dimension moved at a time.")]
internal sealed record TraverseRequest : PictureRequest
{
    /// <summary>How many examples tell which dimensions vary most.</summary>
    public const int Encoded = 2000;

    [Key("The example whose encoding is moved.", Min = 0)]
    public int Example { get; init; }

    [Key("Where it is taken from.")]
    public SplitName Split { get; init; } = SplitName.Test;

    [Key("Rows: those dimensions whose mean varies most.", Min = 1, Max = 1000)]
    public int Dimensions { get; init; } = 10;

    [Key("Pictures in a row.", Min = 1, Max = 101)]
    public int Steps { get; init; } = 11;

    [Key("How far from 0 to both sides.", Above = 0)]
    public double Range { get; init; } = 3;
}
