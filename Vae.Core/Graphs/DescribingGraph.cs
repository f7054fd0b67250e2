namespace Vae.Core.Graphs;

/// <summary>The interpreter that describes: shapes, parameters and FLOPs per image. Nothing is computed, so the model may live on device META.</summary>
public sealed partial class DescribingGraph : IGraph<Described>
{
    private readonly List<DescribedOperation> operations = [];
    private readonly Dictionary<Tensor, string> names;

    /// <summary>Describes a module; its parameter names label the rows.</summary>
    public DescribingGraph(nn.Module module) =>
        names = module
            .named_parameters()
            .ToDictionary(
                p => (Tensor)p.parameter,
                p => p.name,
                ReferenceEqualityComparer.Instance as IEqualityComparer<Tensor>
            );

    /// <summary>The operations in the order in which they ran; what runs twice has its parameters counted once.</summary>
    public IReadOnlyList<DescribedOperation> Operations
    {
        get
        {
            var seen = new HashSet<string>();
            return [.. operations.Select(o => o.Parameters == 0 || seen.Add(o.Name) ? o : o with { Parameters = 0 })];
        }
    }

    /// <inheritdoc/>
    public Described Linear(Described x, Parameter weight, Parameter? bias) => Linear("Linear", x, weight, bias);

    /// <inheritdoc/>
    public Described AddBias(Described x, Parameter bias)
    {
        Described output = Broadcast(x, new Described(bias.shape));
        operations.Add(new DescribedOperation(NameOf(bias), "AddBias", output, bias.numel(), output.Elements));
        return output;
    }

    /// <inheritdoc/>
    public Described Constant(Tensor value) => new(value.shape);

    /// <inheritdoc/>
    public Described Relu(Described x) => Pointwise("Relu", x);

    /// <inheritdoc/>
    public Described Tanh(Described x) => Pointwise("Tanh", x);

    /// <inheritdoc/>
    public Described Elu(Described x) => Pointwise("Elu", x);

    /// <inheritdoc/>
    public Described Sigmoid(Described x) => Pointwise("Sigmoid", x);

    /// <inheritdoc/>
    public Described Softplus(Described x) => Pointwise("Softplus", x);

    /// <inheritdoc/>
    public Described LogSigmoid(Described x) => Pointwise("LogSigmoid", x);

    /// <inheritdoc/>
    public Described Exp(Described x) => Pointwise("Exp", x);

    /// <inheritdoc/>
    public Described Log(Described x) => Pointwise("Log", x);

    /// <inheritdoc/>
    public Described Add(Described a, Described b) => Pointwise("Add", Broadcast(a, b));

    /// <inheritdoc/>
    public Described Subtract(Described a, Described b) => Pointwise("Subtract", Broadcast(a, b));

    /// <inheritdoc/>
    public Described Multiply(Described a, Described b) => Pointwise("Multiply", Broadcast(a, b));

    /// <inheritdoc/>
    public Described Divide(Described a, Described b) => Pointwise("Divide", Broadcast(a, b));

    /// <inheritdoc/>
    public Described Affine(Described x, double scale, double shift) => Pointwise("Affine", x, 2);

    /// <inheritdoc/>
    public Described Slice(Described x, long start, long length)
    {
        if (start < 0 || length < 0 || start + length > x.Shape[^1])
        {
            throw new ArgumentException($"Elements {start} to {start + length - 1} of an axis of {x.Shape[^1]}.");
        }

        return new Described([.. x.Shape.Take(x.Shape.Count - 1), length]);
    }

    /// <inheritdoc/>
    public Described Reverse(Described x) => x;

    /// <inheritdoc/>
    public Described SumLast(Described x)
    {
        var output = new Described([.. x.Shape.Take(x.Shape.Count - 1)]);
        operations.Add(new DescribedOperation("", "Sum", output, 0, x.Elements));
        return output;
    }

    private Described Linear(string operation, Described x, Parameter weight, Parameter? bias, long? products = null)
    {
        long outputs = weight.shape[0];
        long inputs = weight.shape[1];
        if (x.Shape[^1] != inputs)
        {
            throw new ArgumentException($"{NameOf(weight)} takes {inputs} inputs and got {x.Shape[^1]}.");
        }

        long rows = x.Elements / inputs;
        long parameters = weight.numel() + (bias?.numel() ?? 0);
        var output = new Described([.. x.Shape.Take(x.Shape.Count - 1), outputs]);
        long flops = (2 * (products ?? inputs * outputs) + (bias is null ? 0 : outputs)) * rows;
        operations.Add(new DescribedOperation(NameOf(weight), operation, output, parameters, flops));
        return output;
    }

    private static Described Broadcast(Described a, Described b)
    {
        int rank = Math.Max(a.Shape.Count, b.Shape.Count);
        var shape = new long[rank];
        for (int i = 1; i <= rank; i++)
        {
            long m = i <= a.Shape.Count ? a.Shape[^i] : 1;
            long n = i <= b.Shape.Count ? b.Shape[^i] : 1;
            shape[^i] =
                m == n || n == 1 ? m
                : m == 1 ? n
                : throw new ArgumentException($"{a} and {b} don't broadcast.");
        }

        return new Described(shape);
    }

    private Described Pointwise(string operation, Described output, long flopsPerElement = 1)
    {
        operations.Add(new DescribedOperation("", operation, output, 0, flopsPerElement * output.Elements));
        return output;
    }

    private string NameOf(Parameter weight)
    {
        string name = names.GetValueOrDefault(weight, "");
        return name.EndsWith(".weight", StringComparison.Ordinal) ? name[..^".weight".Length] : name;
    }
}
