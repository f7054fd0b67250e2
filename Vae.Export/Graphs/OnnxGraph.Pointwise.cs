namespace Vae.Export.Graphs;

public sealed partial class OnnxGraph
{
    /// <inheritdoc/>
    public OnnxValue Constant(Tensor value) => Weight(value);

    /// <inheritdoc/>
    public OnnxValue Learned(Parameter value) => Weight(value);

    /// <inheritdoc/>
    public bool Learns => false;

    /// <inheritdoc/>
    public OnnxValue Stop(OnnxValue x) => x;

    /// <inheritdoc/>
    public OnnxValue AddBias(OnnxValue x, Parameter bias) => Add(x, Weight(bias));

    /// <inheritdoc/>
    public OnnxValue Relu(OnnxValue x) => Pointwise("Relu", x, eager.Relu);

    /// <inheritdoc/>
    public OnnxValue Tanh(OnnxValue x) => Pointwise("Tanh", x, eager.Tanh);

    /// <inheritdoc/>
    public OnnxValue Elu(OnnxValue x) => Pointwise("Elu", x, eager.Elu);

    /// <inheritdoc/>
    public OnnxValue Sigmoid(OnnxValue x) => Pointwise("Sigmoid", x, eager.Sigmoid);

    /// <inheritdoc/>
    public OnnxValue Exp(OnnxValue x) => Pointwise("Exp", x, eager.Exp);

    /// <inheritdoc/>
    public OnnxValue Log(OnnxValue x) => Pointwise("Log", x, eager.Log);

    /// <inheritdoc/>
    public OnnxValue Sqrt(OnnxValue x) => Pointwise("Sqrt", x, eager.Sqrt);

    /// <inheritdoc/>
    public OnnxValue Abs(OnnxValue x) => Pointwise("Abs", x, eager.Abs);

    /// <inheritdoc/>
    public OnnxValue Add(OnnxValue a, OnnxValue b) => Pointwise("Add", a, b, eager.Add);

    /// <inheritdoc/>
    public OnnxValue Subtract(OnnxValue a, OnnxValue b) => Pointwise("Sub", a, b, eager.Subtract);

    /// <inheritdoc/>
    public OnnxValue Multiply(OnnxValue a, OnnxValue b) => Pointwise("Mul", a, b, eager.Multiply);

    /// <inheritdoc/>
    public OnnxValue Divide(OnnxValue a, OnnxValue b) => Pointwise("Div", a, b, eager.Divide);

    /// <inheritdoc/>
    public OnnxValue Affine(OnnxValue x, double scale, double shift)
    {
        if (x.Known is { } known)
        {
            return Known(eager.Affine(known, scale, shift));
        }

        OnnxValue scaled = scale == 1 ? x : Multiply(x, Number(scale));
        return shift == 0 ? scaled : Add(scaled, Number(shift));
    }

    /// <summary>max(x, 0) + 2 artanh(u / (u + 2)) with u = e^−|x|, which is log(1 + u): ONNX has no log1p, and its Softplus is 0 where it should be small.</summary>
    public OnnxValue Softplus(OnnxValue x)
    {
        if (x.Known is { } known)
        {
            return Known(eager.Softplus(known));
        }

        OnnxValue u = Exp(Affine(Abs(x), -1, 0));
        OnnxValue share = Divide(u, Affine(u, 1, 2));
        return Add(Relu(x), Affine(Node("Atanh", share.Shape, [share]), 2, 0));
    }

    /// <inheritdoc/>
    public OnnxValue LogSigmoid(OnnxValue x) => Affine(Softplus(Affine(x, -1, 0)), -1, 0);

    /// <inheritdoc/>
    public OnnxValue Step(OnnxValue x) =>
        x.Known is { } known ? Known(eager.Step(known)) : Cast(Positive(x), half ? half16 : single);

    /// <inheritdoc/>
    public OnnxValue Where(OnnxValue x, OnnxValue yes, OnnxValue no) =>
        Knows(x, yes, no)
            ? Known(eager.Where(x.Known!, yes.Known!, no.Known!))
            : Node("Where", Broadcast(x.Shape, Broadcast(yes.Shape, no.Shape)), [Positive(x), yes, no]);

    /// <inheritdoc/>
    public OnnxValue NormalCdf(OnnxValue x)
    {
        if (x.Known is { } known)
        {
            return Known(eager.NormalCdf(known));
        }

        OnnxValue scaled = Affine(x, Math.Sqrt(0.5), 0);
        return Affine(Node("Erf", scaled.Shape, [scaled]), 0.5, 0.5);
    }

    private OnnxValue Positive(OnnxValue x) => Node("Greater", x.Shape, [x, Number(0)]);
}
