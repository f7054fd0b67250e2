namespace Vae.Inference.Observing;

/// <summary>How many answers had each HTTP status.</summary>
internal sealed class HttpCounts
{
    private readonly long[] counts = new long[600];

    public void Count(int status) => Interlocked.Increment(ref counts[Math.Clamp(status, 0, counts.Length - 1)]);

    public IEnumerable<(int Status, long Count)> All =>
        Enumerable.Range(0, counts.Length).Select(s => (s, Interlocked.Read(ref counts[s]))).Where(p => p.Item2 > 0);
}
