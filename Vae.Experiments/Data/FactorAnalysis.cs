namespace Vae.Experiments.Data;

/// <summary>Points in three dimensions about a plane: x = W z + σ ⊙ ε with z ~ N(0, I) in two, as the AEVB tutorial draws them (arXiv:2208.07818, section 4).</summary>
public static class FactorAnalysis
{
    /// <summary>The name in a config.</summary>
    public const string Name = "factor-analysis";

    /// <summary>The generating model: W = [[-.5, -1], [-1, -1], [2, .5]], b = 0, σ = (.4, .2, .3).</summary>
    public static LinearGaussianTruth Truth { get; } =
        new(3, 2, [-0.5, -1, -1, -1, 2, 0.5], [0, 0, 0], [0.4, 0.2, 0.3]);

    /// <summary>Draws all three splits; example i of a split is a pure function of (seed, split, i).</summary>
    public static Dataset Load(int trainSize, int validSize, int testSize, uint seed) =>
        LinearGaussian.Draw(Name, Truth, trainSize, validSize, testSize, seed);
}
