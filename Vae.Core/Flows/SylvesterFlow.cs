using Vae.Core.Graphs;

namespace Vae.Core.Flows;

/// <summary>Sylvester flow: y = z + Q R tanh(R̃ Qᵀz + b), with Q of M orthonormal columns, R and R̃ upper triangular.</summary>
/// <remarks>
/// z: [..., Z] → y: [..., Z], logDet = Σ log(1 + (1 − tanh²) rᵢᵢ r̃ᵢᵢ): [...], in nats. The diagonals are 0.999 tanh's, so their products are above −1 and the flow
/// is invertible, though not in closed form. Q, R, R̃ and b come from the context, or are learned where there is none.
/// van den Berg et al. 2018, arXiv:1803.05649, eq. 11–17 and section 4: O-SNF, H-SNF and T-SNF.
/// </remarks>
public sealed class SylvesterFlow : Flow
{
    // Each multiplies a small singular value by 1.5: from one that is 1/1000 of the norm, 30 leave |QᵀQ − I| below float64's rounding. A random square matrix
    // has one below 1/10⁸ of the norm once in a million times, a narrower one all but never has.
    private const int Orthogonalisations = 30;
    private const int SquareOrthogonalisations = 55;

    // Keeps products of two diagonals above −1 where tanh rounds to ±1.
    private const double Steepest = 0.999;

    private readonly Amortised numbers;
    private readonly Tensor upper;
    private readonly Tensor diagonal;
    private readonly SylvesterBasis basis;
    private readonly long columns;
    private readonly int reflections;
    private readonly bool reversed;

    /// <summary>A Sylvester flow conditioned on a context of so many numbers, or 0.</summary>
    /// <param name="size">Z.</param>
    /// <param name="context">C.</param>
    /// <param name="basis">How Q is made.</param>
    /// <param name="columns">M, Z at most; only an orthogonal basis has fewer than Z.</param>
    /// <param name="reflections">How many reflections make a Householder basis.</param>
    /// <param name="reversed">Whether a triangular flow's Q is the reversal; in a stack every other one is.</param>
    /// <param name="device">Where the parameters lie.</param>
    public SylvesterFlow(
        long size,
        long context,
        SylvesterBasis basis,
        long columns,
        int reflections = 0,
        bool reversed = false,
        Device? device = null
    )
        : base(nameof(SylvesterFlow), size, context)
    {
        if (columns < 1 || columns > size || (basis != SylvesterBasis.Orthogonal && columns != size))
        {
            throw new ArgumentException($"A {basis} Sylvester flow of {size} dimensions can't have {columns} columns.");
        }

        using var scope = NewDisposeScope();
        (this.basis, this.columns, this.reflections, this.reversed) = (basis, columns, reflections, reversed);
        numbers = new Amortised(Triangles + BasisNumbers, context, device);
        Tensor full = ones([columns, columns], device: device);
        upper = full.triu(1);
        diagonal = full.triu().sub(upper);
        register_buffer(nameof(upper), upper, persistent: false);
        register_buffer(nameof(diagonal), diagonal, persistent: false);
        RegisterComponents();
    }

    // One full matrix holds the triangle of R, its diagonal, and that of R̃ below; then R̃'s diagonal and b.
    private long Triangles => columns * columns + 2 * columns;

    private long BasisNumbers =>
        basis switch
        {
            SylvesterBasis.Orthogonal => Size * columns,
            SylvesterBasis.Householder => Size * reflections,
            _ => 0,
        };

    /// <inheritdoc/>
    public override (T Y, T LogDet) Forward<T>(IGraph<T> g, T z, T? h)
        where T : default
    {
        T all = numbers.Forward(g, h);
        T both = g.Unflatten(g.Slice(all, 0, columns * columns), columns, columns);
        T triangle = g.Constant(upper);
        T first = g.Multiply(g.Affine(g.Tanh(both), Steepest, 0), g.Constant(diagonal));
        T d = g.Flatten(g.SumLastKept(first));
        T e = g.Affine(g.Tanh(g.Slice(all, columns * columns, columns)), Steepest, 0);
        T r = g.Add(g.Multiply(both, triangle), first);
        T s = g.Add(g.Multiply(g.Transpose(both), triangle), g.Multiply(g.Column(e), g.Constant(diagonal)));
        var (compress, expand) = Basis(g, g.Slice(all, Triangles, BasisNumbers));
        T t = g.Tanh(g.Add(Apply(g, s, compress(z)), g.Slice(all, columns * columns + columns, columns)));
        // 1 + (1 − t²) d e, in a form that rounding can't take to 0.
        T squared = g.Multiply(t, t);
        T straight = g.Affine(g.Multiply(d, e), 1, 1);
        T logDet = g.SumLast(g.Log(g.Add(squared, g.Multiply(g.Affine(squared, -1, 1), straight))));
        return (g.Add(z, expand(Apply(g, r, t))), logDet);
    }

    // v ↦ Qᵀv and v ↦ Q v.
    private (Func<T, T> Compress, Func<T, T> Expand) Basis<T>(IGraph<T> g, T raw)
    {
        switch (basis)
        {
            case SylvesterBasis.Orthogonal:
                T q = Orthonormal(g, raw);
                T transposed = g.Transpose(q);
                return (v => Apply(g, transposed, v), v => Apply(g, q, v));
            case SylvesterBasis.Householder:
                T[] normals = [.. Enumerable.Range(0, reflections).Select(i => g.Slice(raw, i * Size, Size))];
                return (v => normals.Aggregate(v, Reflect), v => normals.Reverse().Aggregate(v, Reflect));
            default:
                return reversed ? (g.Reverse, g.Reverse) : (v => v, v => v);
        }

        T Reflect(T v, T normal)
        {
            T along = g.Divide(g.SumLastKept(g.Multiply(v, normal)), g.SumLastKept(g.Multiply(normal, normal)));
            return g.Subtract(v, g.Multiply(g.Affine(along, 2, 0), normal));
        }
    }

    private T Orthonormal<T>(IGraph<T> g, T raw)
    {
        T norm = g.Sqrt(g.SumLastKept(g.Multiply(raw, raw)));
        T q = g.Unflatten(g.Divide(raw, norm), Size, columns);
        T identity = g.Affine(g.Constant(diagonal), 1.5, 0);
        int times = columns < Size ? Orthogonalisations : SquareOrthogonalisations;
        for (int i = 0; i < times; i++)
        {
            T gram = g.MatMul(g.Transpose(q), q);
            q = g.MatMul(q, g.Subtract(identity, g.Affine(gram, 0.5, 0)));
        }

        return q;
    }

    // A v: [..., N, M], [..., M] → [..., N].
    private static T Apply<T>(IGraph<T> g, T matrix, T v) => g.SumLast(g.Multiply(matrix, g.InsertAxis(v)));
}
