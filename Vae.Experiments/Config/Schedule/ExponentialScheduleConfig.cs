namespace Vae.Experiments.Config;

/// <summary>By the same factor at every step: from · (to / from)^min(1, t).</summary>
[Kind(
    "exponential",
    "By the same factor at every step: from (to / from)^min(1, t), where t is the part of T gone by; both are positive."
)]
public sealed record ExponentialScheduleConfig : TimedScheduleConfig
{
    /// <summary>The number at the end and after it.</summary>
    [Key("The number at the end of T and after it."), Scheduled]
    public required double To { get; init; }

    /// <inheritdoc/>
    public override double Lowest => Math.Min(From, To);

    /// <inheritdoc/>
    public override IEnumerable<BrokenRule> Broken()
    {
        foreach (BrokenRule rule in base.Broken())
        {
            yield return rule;
        }

        foreach (var (key, value) in new[] { ("from", From), ("to", To) })
        {
            if (value <= 0)
            {
                yield return new(key, $"an exponential schedule takes positive numbers, found {TomlText.Of(value)}");
            }
        }
    }

    /// <inheritdoc/>
    protected override double At(double t) => t >= 1 ? To : From * Math.Pow(To / From, t);
}
