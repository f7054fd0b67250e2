namespace Vae.Experiments.Figures;

/// <summary>An sRGB colour, eight bits a channel.</summary>
public readonly record struct Colour(byte R, byte G, byte B)
{
    /// <summary>The paper.</summary>
    public static Colour White => new(255, 255, 255);

    /// <summary>Text: nearly black, which reads softer than black.</summary>
    public static Colour Ink => new(34, 34, 34);

    /// <summary>Grey of the given lightness.</summary>
    public static Colour Grey(byte value) => new(value, value, value);

    /// <summary>Okabe and Ito's palette, told apart by colour-blind people too; lines of a chart take them in this order.</summary>
    public static IReadOnlyList<Colour> Palette { get; } =
    [
        new(0x00, 0x72, 0xB2), // blue
        new(0xD5, 0x5E, 0x00), // vermilion
        new(0x00, 0x9E, 0x73), // bluish green
        new(0xCC, 0x79, 0xA7), // reddish purple
        new(0xE6, 0x9F, 0x00), // orange
        new(0x56, 0xB4, 0xE9), // sky blue
        new(0x22, 0x22, 0x22), // ink, in place of yellow, which white swallows
    ];

    // Ten classes are the most common number.
    private static readonly IReadOnlyList<Colour> moreColours =
    [
        new(0x8B, 0x5A, 0x2B), // brown
        new(0x6A, 0x3D, 0x9A), // violet
        new(0x9A, 0xCD, 0x32), // yellow green
    ];

    /// <summary>The colour of class i of n: of the palette and three more, or where that are too few, hues around the wheel, dark and light by turns.</summary>
    public static Colour OfClass(int i, int n)
    {
        if (n <= Palette.Count + moreColours.Count)
        {
            return i < Palette.Count ? Palette[i] : moreColours[i - Palette.Count];
        }

        double hue = 6.0 * i / n;
        double light = i % 2 == 0 ? 0.95 : 0.6;
        return new(Channel(hue, 5), Channel(hue, 3), Channel(hue, 1));

        // Smith 1978, doi:10.1145/965139.807361: hue, saturation 1 and value to RGB.
        byte Channel(double h, int from)
        {
            double k = (from + h) % 6;
            return (byte)Math.Round(255 * light * (1 - Math.Clamp(Math.Min(k, 4 - k), 0, 1)));
        }
    }

    /// <summary>This colour with the other one laid over it; opacity 0 keeps this one, 1 gives the other.</summary>
    public Colour Under(Colour other, double opacity) =>
        new(Mix(R, other.R, opacity), Mix(G, other.G, opacity), Mix(B, other.B, opacity));

    private static byte Mix(byte below, byte above, double opacity) =>
        (byte)Math.Round(below + ((above - below) * opacity));
}
