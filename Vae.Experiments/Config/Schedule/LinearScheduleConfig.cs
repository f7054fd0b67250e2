namespace Vae.Experiments.Config;

/// <summary>Along a line: from + (to − from) · min(1, t).</summary>
[Kind("linear", "Along a line: from + (to - from) min(1, t), where t is the part of T gone by.")]
public sealed record LinearScheduleConfig : TimedScheduleConfig
{
    /// <summary>The number at the end and after it.</summary>
    [Key("The number at the end of T and after it."), Scheduled]
    public required double To { get; init; }

    /// <inheritdoc/>
    public override double Lowest => Math.Min(From, To);

    /// <inheritdoc/>
    protected override double At(double t) => t >= 1 ? To : From + (To - From) * t;
}
