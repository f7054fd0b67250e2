namespace Vae.Core.Objectives;

/// <summary>How the bounds of a batch's examples become one loss.</summary>
public enum Reduction
{
    /// <summary>−(1/B) Σ bound.</summary>
    Mean,

    /// <summary>−Σ bound.</summary>
    Sum,
}
