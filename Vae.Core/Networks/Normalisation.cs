namespace Vae.Core.Networks;

/// <summary>What keeps a layer's numbers in range.</summary>
public enum Normalisation
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Mean and variance over the batch: <see cref="BatchNormalisation"/>.</summary>
    Batch,

    /// <summary>Mean and variance over an example's own numbers: <see cref="LayerNormalisation"/>.</summary>
    Layer,

    /// <summary>The length of each output's weights: <see cref="Kernel"/>; gain and bias begin as the first batch asks.</summary>
    Weight,
}
