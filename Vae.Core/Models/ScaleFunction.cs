namespace Vae.Core.Models;

/// <summary>How a network's output s becomes a standard deviation.</summary>
public enum ScaleFunction
{
    /// <summary>scale = log(1 + e^s).</summary>
    Softplus,

    /// <summary>scale = e^s: s is the logarithm of the standard deviation.</summary>
    Exp,

    /// <summary>scale = e^(s/2): s is the logarithm of the variance.</summary>
    LogVariance,
}
