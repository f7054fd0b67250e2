namespace Vae.Experiments.Figures;

/// <summary>A named curve. A point with a coordinate that isn't finite is a gap.</summary>
public sealed record Series(string Name, IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>A colour of its own; null: the next of the chart's.</summary>
    public Colour? Colour { get; init; }
}
