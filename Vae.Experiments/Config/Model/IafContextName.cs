namespace Vae.Experiments.Config;

/// <summary>How the context enters a MADE.</summary>
public enum IafContextName
{
    /// <summary>Through a matrix into the first layer.</summary>
    FirstLayer,

    /// <summary>Added to the first layer's activations.</summary>
    Added,
}
