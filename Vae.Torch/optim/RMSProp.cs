using Vae.Torch;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>v ← αv + (1 − α)g², p ← p − lr · g / (√v + ε); centred: √(v − m²) with m ← αm + (1 − α)g.</summary>
/// <remarks>
/// g includes weight_decay · p; with momentum b ← μb + g / (√v + ε), p ← p − lr · b. Tieleman and Hinton 2012, lecture 6.5;
/// centred: Graves 2013, arXiv:1308.0850.
/// </remarks>
public class RMSProp : OptimizerHelper
{
    private readonly double alpha;
    private readonly double eps;
    private readonly double weightDecay;
    private readonly double momentum;
    private readonly bool maximize;

    public RMSProp(
        IEnumerable<Parameter> parameters,
        double lr = 1e-3,
        double alpha = 0.99,
        double eps = 1e-8,
        double weight_decay = 0,
        double momentum = 0,
        bool centered = false,
        bool maximize = false
    )
        : this(Numbered(parameters), lr, alpha, eps, weight_decay, momentum, centered, maximize) { }

    internal RMSProp(
        IEnumerable<(string, Parameter)> parameters,
        double lr,
        double alpha,
        double eps,
        double weight_decay,
        double momentum,
        bool centered,
        bool maximize
    )
        : base(parameters, lr, ("square_avg", true), ("grad_avg", centered), ("momentum_buffer", momentum != 0))
    {
        Require(alpha >= 0, nameof(alpha), alpha, "at least 0");
        Require(eps >= 0, nameof(eps), eps, "at least 0");
        Require(weight_decay >= 0, nameof(weight_decay), weight_decay, "at least 0");
        Require(momentum >= 0, nameof(momentum), momentum, "at least 0");
        (this.alpha, this.eps, weightDecay) = (alpha, eps, weight_decay);
        (this.momentum, this.maximize) = (momentum, maximize);
    }

    private protected override unsafe int StepNative(NativeParameters* all) =>
        NativeOptimizers.vt_optim_rmsprop(all, LearningRate, alpha, eps, weightDecay, momentum, maximize ? 1 : 0);

    private protected override void Update(Tensor parameter, Tensor gradient, ReadOnlySpan<Tensor?> state, long step)
    {
        Tensor g = Directed(gradient, parameter, maximize, weightDecay);
        Tensor variance = state[0]!.mul_(alpha).addcmul_(g, g, 1 - alpha);
        if (state[1] is { } mean)
        {
            mean.mul_(alpha).add_(g, 1 - alpha);
            variance = variance.addcmul(mean, mean, -1).clamp_min(0); // below 0 by rounding, after many equal gradients
        }

        Tensor root = variance.sqrt().add_(eps);
        _ = state[2] is { } velocity
            ? parameter.add_(velocity.mul_(momentum).addcdiv_(g, root, 1), -LearningRate)
            : parameter.addcdiv_(g, root, -LearningRate);
    }
}
