namespace Vae.Experiments.Config;

/// <summary>What becomes of grey pixels.</summary>
public enum BinariseName
{
    /// <summary>Each pixel is drawn anew, 1 with its grey value as probability, every time it is used.</summary>
    Dynamic,

    /// <summary>A pixel is 1 where its grey value is at least one half.</summary>
    Threshold,

    /// <summary>Pixels stay grey values in [0, 1].</summary>
    Grey,

    /// <summary>Pixels p become (p + u) / 256 with u from U(0, 1), drawn anew every time they are used.</summary>
    Dequantise,
}
