namespace Vae.Experiments.Config;

/// <summary>The function on the value of a gated layer.</summary>
public enum ValueActivationName
{
    /// <summary>x where x > 0, else exp(x) − 1.</summary>
    Elu,

    /// <summary>x.</summary>
    None,
}
