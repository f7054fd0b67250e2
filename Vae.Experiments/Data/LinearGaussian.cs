using Vae.Primitives;

namespace Vae.Experiments.Data;

/// <summary>Data whose log p(x) is known exactly: x = W z + b + σ ε with z, ε ~ N(0, I).</summary>
/// <remarks>W and b are drawn from N(0, 1), as a pure function of the seed; example i of a split is one of (seed, split, i). Computed in float64, kept in float32.</remarks>
public static class LinearGaussian
{
    /// <summary>The name in a config.</summary>
    public const string Name = "linear-gaussian";

    /// <summary>Whose it is.</summary>
    public const string Licence = "MIT, drawn by this program";

    /// <summary>Draws the truth and all three splits.</summary>
    public static Dataset Load(
        int dimensions,
        int latent,
        double noise,
        int trainSize,
        int validSize,
        int testSize,
        uint seed
    )
    {
        var truth = new LinearGaussianTruth(
            dimensions,
            latent,
            Normals(seed, "weight", dimensions * latent),
            Normals(seed, "bias", dimensions),
            [.. Enumerable.Repeat(noise, dimensions)]
        );
        return Draw(Name, truth, trainSize, validSize, testSize, seed);
    }

    /// <summary>Draws all three splits from a truth, under the name of a data set.</summary>
    public static Dataset Draw(
        string name,
        LinearGaussianTruth truth,
        int trainSize,
        int validSize,
        int testSize,
        uint seed
    )
    {
        ArgumentNullException.ThrowIfNull(truth);
        var (keyZ, keyNoise) = (Key(seed, name, "z"), Key(seed, name, "noise"));
        var train = Draw("train", 0, trainSize, truth, keyZ, keyNoise);
        var valid = Draw("valid", 1, validSize, truth, keyZ, keyNoise);
        var test = Draw("test", 2, testSize, truth, keyZ, keyNoise);
        var sha256 = ContentHash.Of(train, valid, test);
        return new(name, [truth.Dimensions], Binarisation.None, train, valid, test, Licence, sha256) { Truth = truth };
    }

    private static Split Draw(
        string name,
        uint split,
        int count,
        LinearGaussianTruth truth,
        PhiloxKey keyZ,
        PhiloxKey keyNoise
    )
    {
        var (dimensions, latent) = (truth.Dimensions, truth.Latent);
        var values = new float[count * dimensions];
        var z = new double[latent];
        for (var i = 0; i < count; i++)
        {
            for (var k = 0; k < latent; k++)
            {
                z[k] = Philox.Normal(keyZ, split, (uint)i, 0, (uint)k);
            }

            for (var d = 0; d < dimensions; d++)
            {
                var x = truth.Bias[d] + (truth.Noise[d] * Philox.Normal(keyNoise, split, (uint)i, 0, (uint)d));
                for (var k = 0; k < latent; k++)
                {
                    x += truth.Weight[(d * latent) + k] * z[k];
                }

                values[(i * dimensions) + d] = (float)x;
            }
        }

        return new(name, count, null, values, null);
    }

    private static double[] Normals(uint seed, string part, int count) =>
        [.. Enumerable.Range(0, count).Select(i => (double)Philox.Normal(Key(seed, Name, part), 0, 0, 0, (uint)i))];

    private static PhiloxKey Key(uint seed, string name, string part) => new(seed, Philox.StreamOf($"{name}.{part}"));
}
