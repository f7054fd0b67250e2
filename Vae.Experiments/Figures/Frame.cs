namespace Vae.Experiments.Figures;

/// <summary>A rectangle of whole pixels: Left and Top inside, Right and Bottom just outside.</summary>
public readonly record struct Frame(int Left, int Top, int Right, int Bottom)
{
    /// <summary>Pixels in a row.</summary>
    public int Width => Right - Left;

    /// <summary>Rows.</summary>
    public int Height => Bottom - Top;

    /// <summary>The part that a rectangle with fractional corners touches.</summary>
    public Frame Within(double left, double top, double right, double bottom) =>
        new(
            (int)Math.Clamp(Math.Floor(left), Left, Right),
            (int)Math.Clamp(Math.Floor(top), Top, Bottom),
            (int)Math.Clamp(Math.Ceiling(right), Left, Right),
            (int)Math.Clamp(Math.Ceiling(bottom), Top, Bottom)
        );
}
