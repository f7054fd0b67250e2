using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>A long short-term memory cell: (i, f, g, o) = W [x, h] + b; c′ = σ(f) c + σ(i) tanh g; h′ = σ(o) tanh c′.</summary>
/// <remarks>x: [..., I], h, c: [..., H] → h′, c′: [..., H]. Hochreiter and Schmidhuber 1997, with a forget gate (Gers et al. 2000).</remarks>
public sealed class LstmCell : nn.Module, IDrawn
{
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly Tensor start; // zeros: h and c before the first step

    /// <summary>A cell of H units.</summary>
    public LstmCell(long inputs, long size, Device? device = null)
        : base(nameof(LstmCell))
    {
        Size = size;
        weight = new Parameter(zeros([4 * size, inputs + size], device: device));
        bias = new Parameter(zeros([4 * size], device: device));
        start = zeros([size], device: device);
        register_buffer(nameof(start), start, persistent: false);
        RegisterComponents();
    }

    /// <summary>Number of units, H.</summary>
    public long Size { get; }

    /// <summary>U(±1 / √H), PyTorch's default.</summary>
    public void Draw(Draws draws)
    {
        ArgumentNullException.ThrowIfNull(draws);
        draws.Uniform(weight, 1 / Math.Sqrt(Size));
        draws.Uniform(bias, 1 / Math.Sqrt(Size));
    }

    /// <summary>h and c before the first step: zeros [H], which broadcast.</summary>
    public (T H, T C) Start<T>(IGraph<T> g) => (g.Constant(start), g.Constant(start));

    /// <summary>One step.</summary>
    public (T H, T C) Forward<T>(IGraph<T> g, T x, (T H, T C) state)
    {
        T gates = g.Linear(g.Concat(x, state.H), weight, bias);
        T Gate(int i) => g.Slice(gates, i * Size, Size);
        T c = g.Add(g.Multiply(g.Sigmoid(Gate(1)), state.C), g.Multiply(g.Sigmoid(Gate(0)), g.Tanh(Gate(2))));
        return (g.Multiply(g.Sigmoid(Gate(3)), g.Tanh(c)), c);
    }
}
