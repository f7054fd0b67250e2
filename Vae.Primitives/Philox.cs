using System.Text;

namespace Vae.Primitives;

/// <summary>Who draws: the run's seed and the stream (what the numbers are for, hashed from its name).</summary>
public readonly record struct PhiloxKey(uint Seed, uint Stream);

/// <summary>Philox4x32-10: a counter-based random number is a pure function of key and counter; there is no generator to advance.</summary>
/// <remarks>
/// Key (seed, stream), counter (step, example, sample, element): four words of 32 bits a block, so element e is word e mod 4 of block e div 4.
/// Salmon, Moraes, Dror and Shaw 2011, doi:10.1145/2063384.2063405. The operator vae::philox_* in Vae.Torch/native/philox.cpp does the
/// same arithmetic step for step; a test holds the two equal bit for bit.
/// </remarks>
public static class Philox
{
    /// <summary>The stream of a name: its FNV-1a hash.</summary>
    public static uint StreamOf(string name)
    {
        uint hash = 2166136261;
        foreach (byte b in Encoding.UTF8.GetBytes(name))
        {
            hash = (hash ^ b) * 16777619;
        }

        return hash;
    }

    /// <summary>One block: ten rounds over the counter (c0, c1, c2, c3).</summary>
    public static (uint W0, uint W1, uint W2, uint W3) Block(PhiloxKey key, uint c0, uint c1, uint c2, uint c3)
    {
        (uint k0, uint k1) = key;
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = (ulong)c0 * 0xD2511F53;
            ulong p1 = (ulong)c2 * 0xCD9E8D57;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>32 random bits.</summary>
    public static uint Bits(PhiloxKey key, uint step, uint example, uint sample, uint element)
    {
        var w = Block(key, element / 4, sample, example, step);
        return (element % 4) switch
        {
            0 => w.W0,
            1 => w.W1,
            2 => w.W2,
            _ => w.W3,
        };
    }

    /// <summary>A uniform number in [0, 1), a multiple of 2⁻²⁴.</summary>
    public static float Uniform(PhiloxKey key, uint step, uint example, uint sample, uint element) =>
        (int)(Bits(key, step, example, sample, element) >> 8) * 5.9604644775390625e-8f;

    /// <summary>A standard normal number by Box and Muller's method; |z| is at most 6.7.</summary>
    public static float Normal(PhiloxKey key, uint step, uint example, uint sample, uint element)
    {
        var w = Block(key, element / 4, sample, example, step);
        return (element % 4) switch
        {
            0 => BoxMuller(w.W0, w.W1).First,
            1 => BoxMuller(w.W0, w.W1).Second,
            2 => BoxMuller(w.W2, w.W3).First,
            _ => BoxMuller(w.W2, w.W3).Second,
        };
    }

    // The top two bits of the angle choose the quadrant, the other thirty the place in it.
    private static (float First, float Second) BoxMuller(uint radius, uint angle)
    {
        float u = (float)(int)(radius >> 1) * 4.656612873077393e-10f + 2.3283064365386963e-10f;
        float l = -2.0f * LogUnit(u);
        float r = MathF.Sqrt(l > 0.0f ? l : 0.0f);
        float t = ((float)(int)(angle & 0x3fffffff) * 9.313225746154785e-10f - 0.5f) * 1.57079632679489662f;
        float z = t * t;
        float s = ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z + -1.6666654611e-1f) * z * t + t;
        float c =
            ((2.443315711809948e-5f * z + -1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z * z
            - 0.5f * z
            + 1.0f;
        return (angle >> 30) switch
        {
            0 => (r * c, r * s),
            1 => (r * -s, r * c),
            2 => (r * -c, r * -s),
            _ => (r * s, r * -c),
        };
    }

    // ln x for 2⁻³² ≤ x ≤ 1, by the polynomial of Cephes' logf: the same bits on every machine, unlike libm.
    private static float LogUnit(float x)
    {
        int bits = BitConverter.SingleToInt32Bits(x);
        int e = (bits >> 23) - 126;
        float m = BitConverter.Int32BitsToSingle((bits & 0x7fffff) | 0x3f000000);
        bool low = m < 0.707106781186547524f;
        e = low ? e - 1 : e;
        m = (low ? m + m : m) - 1.0f;
        float z = m * m;
        float y = 7.0376836292e-2f;
        y = y * m + -1.1514610310e-1f;
        y = y * m + 1.1676998740e-1f;
        y = y * m + -1.2420140846e-1f;
        y = y * m + 1.4249322787e-1f;
        y = y * m + -1.6668057665e-1f;
        y = y * m + 2.0000714765e-1f;
        y = y * m + -2.4999993993e-1f;
        y = y * m + 3.3333331174e-1f;
        y = y * m * z;
        float fe = e;
        y = y + fe * -2.12194440e-4f;
        y = y - 0.5f * z;
        return m + y + fe * 0.693359375f;
    }
}
