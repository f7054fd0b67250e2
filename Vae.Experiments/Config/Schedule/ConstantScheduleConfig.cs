namespace Vae.Experiments.Config;

/// <summary>The same number at every step.</summary>
[Kind("constant", "The same number at every step; a plain number means this.")]
public sealed record ConstantScheduleConfig : ScheduleConfig
{
    /// <summary>The number.</summary>
    [Key("The number."), Scheduled]
    public required double Value { get; init; }

    /// <inheritdoc/>
    public override double At(long step, Course course) => Value;

    /// <inheritdoc/>
    public override double Lowest => Value;
}
