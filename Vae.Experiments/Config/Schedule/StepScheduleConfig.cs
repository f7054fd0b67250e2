namespace Vae.Experiments.Config;

/// <summary>Times a factor after every T: from · factor^⌊t⌋.</summary>
[Kind("step", "Times a factor after every T: from factor^floor(t), where t counts the Ts gone by.")]
public sealed record StepScheduleConfig : TimedScheduleConfig
{
    /// <summary>The factor.</summary>
    [Key("What the number is multiplied by after every T.", Above = 0)]
    public required double Factor { get; init; }

    /// <inheritdoc/>
    public override double Lowest => Factor < 1 ? Math.Min(From, 0) : From;

    /// <inheritdoc/>
    protected override double At(double t) => From * Math.Pow(Factor, Math.Floor(t));
}
