namespace Vae.Experiments.Config;

/// <summary>Along half a cosine: to + (from − to) · ½ (1 + cos π min(1, t)). Loshchilov and Hutter 2017, arXiv:1608.03983, eq. 5, without restarts.</summary>
[Kind(
    "cosine",
    "Along half a cosine: to + (from - to) (1 + cos(π min(1, t))) / 2, where t is the part of T gone by (arXiv:1608.03983, eq. 5, without restarts)."
)]
public sealed record CosineScheduleConfig : TimedScheduleConfig
{
    /// <summary>The number at the end and after it.</summary>
    [Key("The number at the end of T and after it."), Scheduled]
    public required double To { get; init; }

    /// <inheritdoc/>
    public override double Lowest => Math.Min(From, To);

    /// <inheritdoc/>
    protected override double At(double t) => t >= 1 ? To : To + (From - To) * (1 + Math.Cos(Math.PI * t)) / 2;
}
