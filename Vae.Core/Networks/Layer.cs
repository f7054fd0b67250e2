using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>A linear map, dense or a convolution, with its bias and what normalises its output.</summary>
/// <remarks>With batch or layer norm after it there is no bias, whose work their shift does.</remarks>
public abstract class Layer : nn.Module, IDrawn
{
    private readonly Parameter weight;
    private readonly Parameter? bias;
    private readonly Parameter? gain;
    private readonly nn.Module? norm;
    private readonly WeightStart start;
    private readonly long head;

    private protected Layer(
        string name,
        long[] shape,
        int outputAxis,
        bool hasBias,
        LayerOptions? options,
        Device? device,
        long? head = null
    )
        : base(name)
    {
        options ??= new LayerOptions();
        long outputs = shape[outputAxis];
        weight = new Parameter(zeros(shape, device: device));
        bias = hasBias && !options.NormalisesOutputs ? new Parameter(zeros([outputs], device: device)) : null;
        gain = options.Normalisation == Normalisation.Weight ? new Parameter(ones([outputs], device: device)) : null;
        norm = Normalisations.Make(options, outputs, images: shape.Length == 4, device);
        start = options.Start;
        this.head = head ?? shape[0];
        Kernel = new Kernel(weight, gain, outputAxis);
        RegisterComponents();
    }

    /// <summary>The weight, in weight norm or not.</summary>
    public Kernel Kernel { get; }

    /// <summary>What is added to every output; null without.</summary>
    protected Parameter? Bias => bias;

    /// <summary>The layer's value.</summary>
    public T Forward<T>(IGraph<T> g, T x) => Normalisations.Apply(norm, g, Map(g, x));

    /// <summary>The activation of the layer's value.</summary>
    public T Forward<T>(IGraph<T> g, T x, Activation activation) =>
        norm is null && activation == Activation.Relu
            ? MapRelu(g, x)
            : Normalisations.Apply(norm, activation, g, Map(g, x));

    /// <summary>Weights and biases as <see cref="WeightStart"/> says, with the fans that PyTorch counts; gains 1. Heads of one width that share a layer are drawn as layers of their own.</summary>
    public void Draw(Draws draws)
    {
        long[] shape = weight.shape;
        long field = shape[2..].Aggregate(1L, (product, size) => product * size);
        double fanIn = shape[1] * field;
        double fanOut = head * field;
        if (start == WeightStart.XavierNormal)
        {
            draws.Normal(weight, 0, Math.Sqrt(2 / (fanIn + fanOut)));
        }
        else
        {
            draws.Uniform(weight, start == WeightStart.Xavier ? Math.Sqrt(6 / (fanIn + fanOut)) : 1 / Math.Sqrt(fanIn));
        }

        if (bias is not null && start == WeightStart.Default)
        {
            draws.Uniform(bias, 1 / Math.Sqrt(fanIn));
        }
        else if (bias is not null)
        {
            draws.Constant(bias, 0);
        }

        if (gain is not null)
        {
            draws.Constant(gain, 1);
        }
    }

    /// <summary>The layer's value at [x, more].</summary>
    public T Forward<T>(IGraph<T> g, T x, T more) => Normalisations.Apply(norm, g, Map(g, x, more));

    /// <summary>The linear map alone.</summary>
    protected abstract T Map<T>(IGraph<T> g, T x);

    /// <summary>The greater of the linear map and 0.</summary>
    protected virtual T MapRelu<T>(IGraph<T> g, T x) => g.Relu(Map(g, x));

    /// <summary>The linear map of [x, more] alone.</summary>
    protected virtual T Map<T>(IGraph<T> g, T x, T more) => Map(g, g.Concat(x, more));
}
