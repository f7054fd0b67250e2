namespace Vae.Experiments.Config;

/// <summary>A schedule with a length T, in epochs or in steps.</summary>
[Table("A schedule with a length T, in epochs or in steps.")]
public abstract record TimedScheduleConfig : ScheduleConfig, IRules
{
    /// <summary>The number at the beginning.</summary>
    [Key("The number at the beginning."), Scheduled]
    public required double From { get; init; }

    /// <summary>T in epochs.</summary>
    [Key("T in epochs.", Min = 1, Absent = "`steps` says it, or T is the whole training")]
    public int? Epochs { get; init; }

    /// <summary>T in steps.</summary>
    [Key("T in steps.", Min = 1, Absent = "`epochs` says it, or T is the whole training")]
    public int? Steps { get; init; }

    /// <summary>Whether it changes at each step or at each epoch's beginning.</summary>
    [Key("Whether the number changes at every step or only at the beginning of every epoch.")]
    public EveryName Every { get; init; }

    /// <inheritdoc/>
    public virtual IEnumerable<BrokenRule> Broken()
    {
        if (Epochs is not null && Steps is not null)
        {
            yield return new("steps", "both 'epochs' and 'steps' are given: one says how long the schedule is");
        }
    }

    /// <inheritdoc/>
    public override double At(long step, Course course)
    {
        ArgumentNullException.ThrowIfNull(course);
        long at = Every == EveryName.Epoch ? step / course.StepsPerEpoch * course.StepsPerEpoch : step;
        long length = Epochs is { } epochs ? epochs * course.StepsPerEpoch : Steps ?? course.TotalSteps;
        return At((double)at / length);
    }

    /// <summary>The number where the part t of T has gone by; t may exceed 1.</summary>
    protected abstract double At(double t);
}
