using System.Globalization;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Vae.Torch;

/// <summary>Where the time of some work on this thread went, operator by operator.</summary>
/// <param name="Operators">Each with its own time, without that of the operators that it calls; the longest first.</param>
/// <param name="FloatingPointOperations">Multiplications and additions of all matrix products and convolutions.</param>
public sealed record OperatorProfile(IReadOnlyList<OperatorTime> Operators, double FloatingPointOperations)
{
    private const string Operations = "operations";

    /// <summary>Seconds in matrix products and convolutions.</summary>
    public double MatrixSeconds => Operators.Where(o => o.IsMatrixProduct).Sum(o => o.Seconds);

    /// <summary>Measures what an action does on this thread.</summary>
    public static unsafe OperatorProfile Of(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        byte* report;
        TorchException.ThrowIf(Shim.vt_profile_begin(), "profile");
        try
        {
            work();
        }
        finally
        {
            TorchException.ThrowIf(Shim.vt_profile_end(&report), "profile");
        }

        var lines = Marshal
            .PtrToStringUTF8((nint)report)!
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t'))
            .Select(cell => new OperatorTime(
                cell[0],
                long.Parse(cell[1], CultureInfo.InvariantCulture),
                double.Parse(cell[2], CultureInfo.InvariantCulture)
            ))
            .ToLookup(o => o.Name == Operations);
        return new OperatorProfile([.. lines[false].OrderByDescending(o => o.Seconds)], lines[true].Single().Seconds);
    }

    /// <summary>What this machine's matrix product does at its best with the threads that are set: floating-point operations a second, of 1024³ products in float32.</summary>
    public static double MachineRate()
    {
        const int size = 1024;
        using var scope = NewDisposeScope();
        Tensor a = ones([size, size]);
        var seconds = new List<double>();
        for (int i = 0; i < 12; i++)
        {
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            a.matmul(a).Dispose();
            seconds.Add(System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        seconds.Sort();
        return 2.0 * size * size * size / seconds[seconds.Count / 2];
    }
}
