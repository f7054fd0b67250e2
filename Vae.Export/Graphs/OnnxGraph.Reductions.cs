namespace Vae.Export.Graphs;

public sealed partial class OnnxGraph
{
    /// <inheritdoc/>
    public OnnxValue SumLast(OnnxValue x) => x.Known is { } known ? Known(eager.SumLast(known)) : Sum(x, keeps: false);

    /// <inheritdoc/>
    public OnnxValue SumLastKept(OnnxValue x) =>
        x.Known is { } known ? Known(eager.Column(eager.SumLast(known))) : Sum(x, keeps: true);

    /// <inheritdoc/>
    public OnnxValue LogSumExp(OnnxValue x) =>
        x.Known is { } known ? Known(eager.LogSumExp(known)) : LogSum(x, keeps: false);

    /// <inheritdoc/>
    public OnnxValue LogSumExpKept(OnnxValue x) =>
        x.Known is { } known ? Known(eager.Column(eager.LogSumExp(known))) : LogSum(x, keeps: true);

    /// <inheritdoc/>
    public OnnxValue CumulativeSum(OnnxValue x) =>
        x.Known is { } known
            ? Known(eager.CumulativeSum(known))
            : Node("CumSum", x.Shape, [x, Named("integer -1", () => tensor([-1L], []))]);

    private static IEnumerable<long> Reduced(OnnxValue x, bool keeps) =>
        keeps ? [.. x.Shape.SkipLast(1), 1] : x.Shape.SkipLast(1);

    private OnnxValue Sum(OnnxValue x, bool keeps) =>
        Node("ReduceSum", Reduced(x, keeps), [x, Integers(-1)], ("keepdims", keeps ? 1L : 0L));

    // Until opset 17 the axes are an attribute.
    private OnnxValue LogSum(OnnxValue x, bool keeps) =>
        opset < 18
            ? Node(
                "ReduceLogSumExp",
                Reduced(x, keeps),
                [x],
                ("axes", new long[] { -1 }),
                ("keepdims", keeps ? 1L : 0L)
            )
            : Node("ReduceLogSumExp", Reduced(x, keeps), [x, Integers(-1)], ("keepdims", keeps ? 1L : 0L));
}
