namespace Vae.Experiments.Config;

/// <summary>What keeps a layer's numbers in range.</summary>
public enum NormName
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Batch norm.</summary>
    Batch,

    /// <summary>Layer norm.</summary>
    Layer,

    /// <summary>Weight norm.</summary>
    Weight,
}
