using Vae.Core.Networks;

namespace Vae.Core.Graphs;

public sealed partial class DescribingGraph
{
    /// <summary>All parameters count, but only the products of the panels; a mask within a panel saves nothing.</summary>
    public Described MaskedLinear(
        Described x,
        Parameter weight,
        Tensor mask,
        Parameter? bias,
        IReadOnlyList<Panel> panels
    )
    {
        long products = panels.Sum(panel => panel.Rows * panel.Columns);
        return Linear("MaskedLinear", x, weight, bias, products);
    }

    /// <inheritdoc/>
    public Described MatMul(Described a, Described b)
    {
        if (a.Shape.Count == 1) // one row, as of an example without its batch
        {
            Described row = MatMul(new Described([1, .. a.Shape]), b);
            return new Described([.. row.Shape.SkipLast(2), row.Shape[^1]]);
        }

        if (b.Shape.Count < 2 || a.Shape[^1] != b.Shape[^2])
        {
            throw new ArgumentException($"{a} and {b} don't multiply.");
        }

        Described leading = Broadcast(new Described([.. a.Shape.SkipLast(2)]), new Described([.. b.Shape.SkipLast(2)]));
        return Pointwise("MatMul", new Described([.. leading.Shape, a.Shape[^2], b.Shape[^1]]), 2 * a.Shape[^1]);
    }

    /// <inheritdoc/>
    public Described Transpose(Described x) => new([.. x.Shape.SkipLast(2), x.Shape[^1], x.Shape[^2]]);

    /// <inheritdoc/>
    public Described Column(Described x) => new([.. x.Shape, 1]);

    /// <inheritdoc/>
    public Described Sqrt(Described x) => Pointwise("Sqrt", x);
}
