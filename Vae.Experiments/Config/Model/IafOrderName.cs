namespace Vae.Experiments.Config;

/// <summary>How consecutive flows come to hear the dimensions in another order.</summary>
public enum IafOrderName
{
    /// <summary>The dimensions are reversed after each flow.</summary>
    Reversal,

    /// <summary>Every other flow has reversed masks.</summary>
    Alternate,
}
