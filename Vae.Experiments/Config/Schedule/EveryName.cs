namespace Vae.Experiments.Config;

/// <summary>When a schedule's number changes.</summary>
public enum EveryName
{
    /// <summary>At every step.</summary>
    Step,

    /// <summary>At the beginning of every epoch.</summary>
    Epoch,
}
