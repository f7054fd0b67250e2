namespace Vae.Experiments.Config;

/// <summary>The normalisation within a MADE.</summary>
public enum IafNormName
{
    /// <summary>None.</summary>
    None,

    /// <summary>Batch normalisation.</summary>
    Batch,
}
