namespace Vae.Experiments.Config;

/// <summary>A stretch of training in which a part of the parameters moves.</summary>
[Table("A stretch of training in which only a part of the parameters moves; after the last the first comes again.")]
public sealed record PhaseConfig
{
    /// <summary>What moves.</summary>
    [Key("What moves: q(z|x), p(x, z), or both.")]
    public PhasePartName Part { get; init; }

    /// <summary>How long.</summary>
    [Key("Length in steps.", Min = 1)]
    public required int Steps { get; init; }
}

/// <summary>A part of a model's parameters.</summary>
public enum PhasePartName
{
    /// <summary>All.</summary>
    Both,

    /// <summary>Those of q(z|x).</summary>
    Posterior,

    /// <summary>Those of p(x, z).</summary>
    Model,
}
