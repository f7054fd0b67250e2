using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The arguments of a convolution, gathered from the factories' many forms.</summary>
internal sealed record ConvolutionOptions(long InChannels, long OutChannels, long[] Kernel)
{
    internal long[] Stride { get; init; } = [1, 1];
    internal long[] Dilation { get; init; } = [1, 1];
    internal long[]? Padding { get; init; } = [0, 0];
    internal long[] OutputPadding { get; init; } = [0, 0];
    internal Padding? PaddingType { get; init; }
    internal PaddingModes PaddingMode { get; init; }
    internal long Groups { get; init; } = 1;
    internal bool Bias { get; init; } = true;
    internal Device? Device { get; init; }
    internal ScalarType? DType { get; init; }

    internal static long[] Pair(long both) => [both, both];

    internal static long[] Pair((long, long) pair) => [pair.Item1, pair.Item2];

    internal static long[] Pair((long, long)? pair, long otherwise) => pair is { } p ? Pair(p) : Pair(otherwise);
}
