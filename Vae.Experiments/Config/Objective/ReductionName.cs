namespace Vae.Experiments.Config;

/// <summary>How the examples of a batch make one loss.</summary>
public enum ReductionName
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,
}
