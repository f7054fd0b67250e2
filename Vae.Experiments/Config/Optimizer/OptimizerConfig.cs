namespace Vae.Experiments.Config;

/// <summary>How the parameters move.</summary>
[Table("How the parameters move.")]
public abstract record OptimizerConfig
{
    /// <summary>The learning rate.</summary>
    [Key("The learning rate; a schedule may end at 0.", Min = 0)]
    public ScheduleConfig Lr { get; init; } = 1e-3;

    /// <summary>The largest norm of all gradients together.</summary>
    [Key("Scale all gradients down so that their norm together is at most this.", Above = 0, Absent = "no clipping")]
    public double? ClipNorm { get; init; }
}
