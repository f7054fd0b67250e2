namespace Vae.Experiments.Data;

/// <summary>How grey pixels p ∈ 0..255 become what the model sees; it is stamped on every number, since the choices differ by nats.</summary>
public enum Binarisation
{
    /// <summary>Real-valued data, no pixels.</summary>
    None,

    /// <summary>x = p / 255.</summary>
    Grey,

    /// <summary>x = (p + u) / 256, u ~ U(0, 1), drawn anew for every batch: a density on [0, 1] bounds a probability of the bytes.</summary>
    Dequantised,

    /// <summary>Binarised once, by whoever published the data set: p is 0 or 255.</summary>
    Static,

    /// <summary>x = [p / 255 &gt; u], u ~ U(0, 1), drawn anew for every batch.</summary>
    Dynamic,

    /// <summary>x = [p / 255 &gt; 1/2].</summary>
    Threshold,
}
