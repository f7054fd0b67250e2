namespace Vae.Experiments.Config;

/// <summary>What training maximises.</summary>
[Table("What training maximises.")]
public abstract record ObjectiveConfig
{
    /// <summary>How the examples of a batch make one loss.</summary>
    [Key("Whether the loss is the mean or the sum over the batch; it scales the gradients that the optimizer sees.")]
    public ReductionName Reduction { get; init; }
}
