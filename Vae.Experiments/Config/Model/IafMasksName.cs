namespace Vae.Experiments.Config;

/// <summary>How the masks of a MADE are made.</summary>
public enum IafMasksName
{
    /// <summary>From hidden units of random degrees.</summary>
    Random,

    /// <summary>Contiguous blocks.</summary>
    Block,
}
