using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Vae.Experiments.Data;

/// <summary>The checksum of generated data, which has no file.</summary>
internal static class ContentHash
{
    /// <summary>"content" → SHA-256 over pixels, values and lengths (little-endian) and labels (a byte each) of the splits, in this order, in lower-case hex.</summary>
    public static IReadOnlyDictionary<string, string> Of(params ReadOnlySpan<Split> splits)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var split in splits)
        {
            hash.AppendData(split.Pixels ?? []);
            hash.AppendData(MemoryMarshal.AsBytes<float>(split.Values ?? []));
            hash.AppendData(MemoryMarshal.AsBytes<int>(split.Lengths ?? []));
            hash.AppendData([.. (split.Labels ?? []).Select(label => (byte)label)]);
        }

        return new Dictionary<string, string> { ["content"] = Convert.ToHexStringLower(hash.GetHashAndReset()) };
    }
}
