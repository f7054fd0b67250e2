namespace Vae.Experiments.Config;

/// <summary>Ends training when validation no longer improves.</summary>
[Table("Ends training when validation no longer improves.")]
public sealed record EarlyStoppingConfig
{
    /// <summary>The metric watched, split/metric.</summary>
    [Key("The metric watched.", Words = ["valid/elbo", "valid/log_px"])]
    public string Monitor { get; init; } = "valid/elbo";

    /// <summary>Validations in a row without improvement at which training stops.</summary>
    [Key("Training stops at the so-manieth validation in a row without improvement.", Min = 1)]
    public required int Patience { get; init; }

    /// <summary>The least change that counts as improvement.</summary>
    [Key("The least change that counts as improvement, in nats.", Min = 0)]
    public double MinDelta { get; init; }
}
