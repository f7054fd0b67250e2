namespace Vae.Core.Graphs;

public sealed partial class DescribingGraph
{
    /// <inheritdoc/>
    public Described Learned(Parameter value)
    {
        var output = new Described(value.shape);
        operations.Add(new DescribedOperation(NameOf(value), "Learned", output, value.numel(), 0));
        return output;
    }

    /// <inheritdoc/>
    public Described Step(Described x) => Pointwise("Step", x);

    /// <inheritdoc/>
    public Described Where(Described x, Described yes, Described no) =>
        Pointwise("Where", Broadcast(x, Broadcast(yes, no)));

    /// <inheritdoc/>
    public Described NormalCdf(Described x) => Pointwise("NormalCdf", x);

    /// <summary>Three operations a number: the difference to the largest, exp, and the sum.</summary>
    public Described LogSumExp(Described x)
    {
        var output = new Described([.. x.Shape.Take(x.Shape.Count - 1)]);
        operations.Add(new DescribedOperation("", "LogSumExp", output, 0, 3 * x.Elements));
        return output;
    }

    /// <inheritdoc/>
    public Described CumulativeSum(Described x) => Pointwise("CumulativeSum", x);

    /// <inheritdoc/>
    public Described InsertAxis(Described x) => new([.. x.Shape.Take(x.Shape.Count - 1), 1, x.Shape[^1]]);

    /// <inheritdoc/>
    public Described Rows(Described table, Described index) => new([.. index.Shape, table.Shape[^1]]);

    /// <inheritdoc/>
    public Described Abs(Described x) => Pointwise("Abs", x);
}
