namespace Vae.Experiments.Sweeps;

/// <summary>One combination: all its overrides, and those that the sweep varies.</summary>
public sealed record SweepPoint(IReadOnlyList<string> Overrides, IReadOnlyList<string> Varied)
{
    /// <summary>What tells it from the others.</summary>
    public override string ToString() => Varied.Count > 0 ? string.Join(' ', Varied) : "the config as it is";

    internal SweepPoint With(string word, string value, bool varied) =>
        new([.. Overrides, value], varied ? [.. Varied, value] : Varied);
}
