using Vae.Core.Graphs;

namespace Vae.Export.Graphs;

/// <summary>The interpreter that exports: every operation becomes nodes of an ONNX graph.</summary>
/// <remarks>
/// Operations of what is known (weights, and all that depends on nothing else) are computed at once, by <see cref="TensorGraph"/>: masks and weight norm are
/// folded into weights, batch norm into one scale and one shift. Shapes are followed as far as they are known, so that the batch stays free.
/// Densities that TensorGraph fuses are compositions here. Opset 17 or 18: https://onnx.ai/onnx/operators.
/// </remarks>
public sealed partial class OnnxGraph : IGraph<OnnxValue>
{
    /// <summary>The opsets that can be written.</summary>
    public static readonly IReadOnlyList<int> Opsets = [17, 18];

    // A graph of more takes a runtime minutes to load.
    private const int MostNodes = 50_000;

    private readonly TensorGraph eager = new();
    private readonly List<OnnxNode> nodes = [];
    private readonly List<OnnxValue> inputs = [];
    private readonly List<OnnxValue> outputs = [];
    private readonly Dictionary<string, OnnxValue> named = [];
    private readonly Dictionary<Tensor, string> keys = new(ReferenceEqualityComparer.Instance);
    private readonly int opset;
    private readonly bool half;
    private OnnxValue? batch;

    /// <summary>An empty graph of a module's weights, which keep the names they have in checkpoints.</summary>
    /// <param name="module">On the CPU, evaluating. Tensors made here belong to the current dispose scope.</param>
    /// <param name="opset">17 or 18.</param>
    /// <param name="half">Whether it computes in half precision; inputs and outputs stay single.</param>
    public OnnxGraph(nn.Module module, int opset = 17, bool half = false)
    {
        ArgumentNullException.ThrowIfNull(module);
        if (!Opsets.Contains(opset))
        {
            throw new ArgumentOutOfRangeException(nameof(opset), opset, null);
        }

        (this.opset, this.half) = (opset, half);
        foreach (var (name, parameter) in module.named_parameters())
        {
            keys[parameter] = name;
        }

        foreach (var (name, buffer) in module.named_buffers())
        {
            keys[buffer] = name;
        }
    }

    /// <summary>Nodes so far.</summary>
    public int Nodes => nodes.Count;

    /// <summary>What comes out.</summary>
    public IReadOnlyList<OnnxValue> Outputs => outputs;

    /// <summary>An input of so many numbers for each example: [B, width].</summary>
    public OnnxValue Input(string name, long width)
    {
        var input = new OnnxValue(name, [OnnxValue.Batch, width]);
        inputs.Add(input);
        return half ? Cast(input, half16) : input;
    }

    /// <summary>Makes a value an output.</summary>
    /// <exception cref="ArgumentException">It is the same for every example: it has no axis for the batch.</exception>
    public void Output(string name, OnnxValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Known is not null || value.Shape is not [OnnxValue.Batch, ..])
        {
            throw new ArgumentException($"{name} doesn't depend on the examples: {value}.", nameof(value));
        }

        var output = new OnnxValue(name, value.Shape);
        nodes.Add(
            half
                ? new OnnxNode("Cast", [value], output, [("to", single)])
                : new OnnxNode("Identity", [value], output, [])
        );
        outputs.Add(output);
    }

    // ONNX's numbers for float and float16.
    private const long single = 1;
    private const long half16 = 10;

    private static bool Knows(params ReadOnlySpan<OnnxValue> values)
    {
        foreach (OnnxValue value in values)
        {
            if (value.Known is null)
            {
                return false;
            }
        }

        return true;
    }

    private static OnnxValue Known(Tensor value, string name = "") => new(name, value.shape, value);

    // What has a key in the checkpoint, or is made of one thing that has: made once.
    private OnnxValue Named(string name, Func<Tensor> make)
    {
        if (!named.TryGetValue(name, out OnnxValue? value))
        {
            named[name] = value = Known(make(), name);
        }

        return value;
    }

    private string KeyOf(Tensor value) =>
        keys.TryGetValue(value, out string? key)
            ? key
            : throw new ArgumentException("A weight that isn't the module's has no name.", nameof(value));

    private OnnxValue Weight(Tensor value) =>
        keys.TryGetValue(value, out string? key) ? Named(key, () => value) : Known(value);

    private OnnxValue Number(double value) =>
        Named(FormattableString.Invariant($"number {(float)value:R}"), () => tensor((float)value));

    private OnnxValue Integers(params IEnumerable<long> values)
    {
        long[] all = [.. values];
        return Named($"integers {string.Join(' ', all)}", () => tensor(all, [all.Length]));
    }

    private OnnxValue Node(
        string operation,
        IEnumerable<long> shape,
        IReadOnlyList<OnnxValue> from,
        params IReadOnlyList<(string, object)> attributes
    )
    {
        if (nodes.Count == MostNodes)
        {
            throw new ExportException(
                $"it takes more than {MostNodes:N0} operations, as of an inverse that goes by iteration, one dimension after another"
            );
        }

        var output = new OnnxValue($"{operation}_{nodes.Count}", [.. shape]);
        nodes.Add(new OnnxNode(operation, from, output, attributes));
        return output;
    }

    private OnnxValue Pointwise(string operation, OnnxValue x, Func<Tensor, Tensor> compute) =>
        x.Known is { } known ? Known(compute(known)) : Node(operation, x.Shape, [x]);

    private OnnxValue Pointwise(string operation, OnnxValue a, OnnxValue b, Func<Tensor, Tensor, Tensor> compute) =>
        Knows(a, b) ? Known(compute(a.Known!, b.Known!)) : Node(operation, Broadcast(a.Shape, b.Shape), [a, b]);

    private OnnxValue Cast(OnnxValue x, long type) => Node("Cast", x.Shape, [x], ("to", type));

    private static long[] Broadcast(IReadOnlyList<long> a, IReadOnlyList<long> b)
    {
        var shape = new long[Math.Max(a.Count, b.Count)];
        for (int i = 1; i <= shape.Length; i++)
        {
            long m = i <= a.Count ? a[^i] : 1;
            long n = i <= b.Count ? b[^i] : 1;
            shape[^i] =
                m == n || n == 1 ? m
                : m == 1 ? n
                : throw new ArgumentException(
                    $"[{string.Join(", ", a)}] and [{string.Join(", ", b)}] don't broadcast."
                );
        }

        return shape;
    }
}
