namespace Vae.Experiments.Config;

/// <summary>The function that makes a network's output a positive standard deviation.</summary>
public enum ScaleName
{
    /// <summary>log(1 + exp(x)).</summary>
    Softplus,

    /// <summary>exp(x).</summary>
    Exp,

    /// <summary>exp(x/2): x is the logarithm of the variance.</summary>
    LogVariance,
}
