namespace Vae.Experiments.Config;

/// <summary>The pictures of a run.</summary>
[Table("The pictures of a run.")]
public sealed record FiguresConfig
{
    /// <summary>Digits in samples.png.</summary>
    [Key("Images in samples.png; 0: no such picture.", Min = 0)]
    public int Samples { get; init; } = 64;

    /// <summary>Pairs in reconstructions.png.</summary>
    [Key("Images in reconstructions.png; 0: no such picture.", Min = 0)]
    public int Reconstructions { get; init; } = 32;

    /// <summary>Points in latent_2d.png.</summary>
    [Key(
        "Test examples in latent_2d.png: the means of q(z|x), coloured by label, by their two principal components where z has more than two dimensions; 0: no such picture.",
        Min = 0
    )]
    public int Latent { get; init; } = 2000;

    /// <summary>Rows in traversals.png.</summary>
    [Key(
        "Dimensions in traversals.png, those first whose mean varies most over the test examples: each is moved while the others stay; 0: no such picture.",
        Min = 0
    )]
    public int Traversals { get; init; } = 10;
}
