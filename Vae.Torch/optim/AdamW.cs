using Vae.Torch;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary><see cref="Adam"/> whose weight decay is apart from the gradient: first p ← p (1 − lr · weight_decay).</summary>
/// <remarks>Loshchilov and Hutter 2019, arXiv:1711.05101. The weight decay is 0 unless given, as in TorchSharp.</remarks>
public class AdamW : OptimizerHelper
{
    private readonly AdamOptions options;

    public AdamW(
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

    internal AdamW(
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
        options = new AdamOptions(beta1, beta2, eps, weight_decay, Decoupled: true, maximize).Checked();

    private protected override unsafe int StepNative(NativeParameters* all) => options.StepNative(all, LearningRate);

    private protected override void Update(Tensor parameter, Tensor gradient, ReadOnlySpan<Tensor?> state, long step) =>
        options.Update(parameter, gradient, state, step, LearningRate);
}
