namespace Vae.Experiments.Config;

/// <summary>Where p(z|y) has its mean and scale from.</summary>
public enum ClassPriorFormName
{
    /// <summary>A network of the label.</summary>
    Network,

    /// <summary>Free numbers for each class.</summary>
    Free,
}
