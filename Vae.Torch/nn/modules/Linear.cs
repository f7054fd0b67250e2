using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>y = x Wᵀ + b. x: [..., in] → y: [..., out]; W: [out, in], b: [out].</summary>
public sealed class Linear : Module<Tensor, Tensor>
{
    internal Linear(Parameter weight, Parameter? bias)
        : base(nameof(Linear))
    {
        this.weight = weight;
        this.bias = bias;
        (out_features, in_features) = (weight.shape[0], weight.shape[1]);
        RegisterComponents();
    }

    internal static Linear New(long inputs, long outputs, bool bias, Device? device, ScalarType? dtype)
    {
        var linear = new Linear(Fresh(device, dtype, outputs, inputs), bias ? Fresh(device, dtype, outputs) : null);
        init.FanInUniform(linear.weight, linear.bias);
        return linear;
    }

    public Parameter weight { get; }

    public Parameter? bias { get; }

    public long in_features { get; }

    public long out_features { get; }

    public override Tensor forward(Tensor tensor) => functional.linear(tensor, weight, bias);
}
