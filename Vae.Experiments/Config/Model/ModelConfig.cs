namespace Vae.Experiments.Config;

/// <summary>The model p(x, z) and its q(z|x).</summary>
[Table("The model: p(x, z), and q(z|x) with which it is trained.", DefaultKind = "vae")]
public abstract record ModelConfig
{
    /// <summary>Dimensions of z.</summary>
    [Key("Dimensions of z (of each step, where it is a sequence).", Min = 1)]
    public required int Latent { get; init; }

    /// <summary>The likelihood's table; null where the model has its own.</summary>
    public virtual LikelihoodConfig? PartLikelihood => null;

    /// <summary>Its networks, with the paths of their tables.</summary>
    public virtual IEnumerable<(string Key, NetworkConfig Network)> Networks => [];

    /// <summary>Whether the KL from q to the prior has a formula.</summary>
    public virtual bool HasKl => true;

    /// <summary>Number of classes that it can tell apart; 0: it uses no labels and has no classes.</summary>
    public virtual int ClassCount => 0;

    /// <summary>Whether it learns from labels.</summary>
    public virtual bool UsesLabels => false;

    /// <summary>Whether each example must have a label.</summary>
    public virtual bool NeedsLabels => false;

    /// <summary>The model in a few words.</summary>
    public abstract string InWords();

    /// <summary>The rules that it breaks within an experiment, with paths from the experiment's top.</summary>
    public virtual IEnumerable<BrokenRule> Broken(ExperimentConfig experiment) => [];

    /// <summary>The word of a table's kind.</summary>
    private protected static string Kind(object record) => Schema.KindOf(record.GetType())!;
}
