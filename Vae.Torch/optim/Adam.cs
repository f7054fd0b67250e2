using Vae.Torch;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← p − lr · m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ).</summary>
/// <remarks>g includes weight_decay · p. Kingma and Ba 2015, arXiv:1412.6980; amsgrad (the largest v so far): Reddi et al. 2018, arXiv:1904.09237.</remarks>
public class Adam : OptimizerHelper
{
    private readonly AdamOptions options;

    public Adam(
        IEnumerable<Parameter> parameters,
        double lr = 1e-3,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double eps = 1e-8,
        double weight_decay = 0,
        bool amsgrad = false,
        bool maximize = false
    )
        : this(Numbered(parameters), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize) { }

    internal Adam(
        IEnumerable<(string, Parameter)> parameters,
        double lr,
        double beta1,
        double beta2,
        double eps,
        double weight_decay,
        bool amsgrad,
        bool maximize
    )
        : base(parameters, lr, AdamOptions.Quantities(amsgrad)) =>
        options = new AdamOptions(beta1, beta2, eps, weight_decay, Decoupled: false, maximize).Checked();

    private protected override unsafe int StepNative(NativeParameters* all) => options.StepNative(all, LearningRate);

    private protected override void Update(Tensor parameter, Tensor gradient, ReadOnlySpan<Tensor?> state, long step) =>
        options.Update(parameter, gradient, state, step, LearningRate);
}
