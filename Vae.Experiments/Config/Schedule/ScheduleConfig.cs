namespace Vae.Experiments.Config;

/// <summary>A number that may change in training: a pure function of the step.</summary>
[Table(
    "A number that may change in training: written as a plain number, or as a table `{ schedule = \"linear\", from = 0.0, to = 1.0, epochs = 200 }`."
)]
public abstract record ScheduleConfig
{
    /// <summary>The number at a step, counted from 0.</summary>
    public abstract double At(long step, Course course);

    /// <summary>A number below which it never goes.</summary>
    public abstract double Lowest { get; }

    /// <summary>A plain number.</summary>
    public static implicit operator ScheduleConfig(double value) => FromDouble(value);

    /// <summary>A plain number.</summary>
    public static ScheduleConfig FromDouble(double value) => new ConstantScheduleConfig { Value = value };
}
