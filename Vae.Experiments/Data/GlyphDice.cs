using Vae.Primitives;

namespace Vae.Experiments.Data;

/// <summary>The random numbers of one glyph, in the order in which they are asked for; no other glyph's depend on them.</summary>
internal sealed class GlyphDice(PhiloxKey key, uint split, uint index)
{
    private uint element;

    /// <summary>An integer in 0 .. n − 1, all alike.</summary>
    public int Below(int n) => (int)(Next() * n);

    /// <summary>A number in (middle − spread, middle + spread), those near the middle more often (a triangle).</summary>
    public double Around(double middle, double spread) => middle + (spread * (Next() + Next() - 1));

    private double Next() => Philox.Uniform(key, split, index, 0, element++);
}
