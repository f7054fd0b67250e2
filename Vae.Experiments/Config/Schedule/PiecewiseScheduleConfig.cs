namespace Vae.Experiments.Config;

/// <summary>One number after another, each for its time.</summary>
[Kind(
    "piecewise",
    "One number after another: each of `values` for as many epochs or steps as the list beside it says, the last one to the end."
)]
public sealed record PiecewiseScheduleConfig : ScheduleConfig, IRules
{
    /// <summary>The numbers.</summary>
    [Key("The numbers, in their order."), Scheduled]
    public required ConfigList<double> Values { get; init; }

    /// <summary>How many epochs each lasts, the last one left out.</summary>
    [Key("How many epochs each value but the last is in force.", Min = 1, Absent = "`steps` says it")]
    public ConfigList<int>? Epochs { get; init; }

    /// <summary>How many steps each lasts, the last one left out.</summary>
    [Key("How many steps each value but the last is in force.", Min = 1, Absent = "`epochs` says it")]
    public ConfigList<int>? Steps { get; init; }

    /// <inheritdoc/>
    public override double Lowest => Values.Min();

    /// <inheritdoc/>
    public IEnumerable<BrokenRule> Broken()
    {
        if (Values.Count == 0)
        {
            yield return new("values", "a piecewise schedule needs at least one value");
        }
        else if (Epochs is null == Steps is null)
        {
            yield return new(
                "",
                "give one of 'epochs' and 'steps': a list of how long each value but the last is in force"
            );
        }
        else if ((Epochs ?? Steps)!.Count is var lengths && lengths != Values.Count - 1)
        {
            yield return new(
                Epochs is null ? "steps" : "epochs",
                $"{Values.Count} values take {Values.Count - 1} lengths, as the last one stays to the end; found {lengths}"
            );
        }
    }

    /// <inheritdoc/>
    public override double At(long step, Course course)
    {
        ArgumentNullException.ThrowIfNull(course);
        long end = 0;
        for (int i = 0; i < Values.Count - 1; i++)
        {
            end += Epochs is null ? Steps![i] : Epochs[i] * course.StepsPerEpoch;
            if (step < end)
            {
                return Values[i];
            }
        }

        return Values[^1];
    }
}
