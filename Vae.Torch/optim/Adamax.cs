using Vae.Torch;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>m ← β₁m + (1 − β₁)g, u ← max(β₂u, |g| + ε), p ← p − lr / (1 − β₁ᵗ) · m / u.</summary>
/// <remarks>g includes weight_decay · p. Kingma and Ba 2015, arXiv:1412.6980, algorithm 2.</remarks>
public class Adamax : OptimizerHelper
{
    private readonly double beta1;
    private readonly double beta2;
    private readonly double eps;
    private readonly double weightDecay;

    public Adamax(
        IEnumerable<Parameter> parameters,
        double lr,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double eps = 1e-8,
        double weight_decay = 0
    )
        : this(Numbered(parameters), lr, beta1, beta2, eps, weight_decay) { }

    internal Adamax(
        IEnumerable<(string, Parameter)> parameters,
        double lr,
        double beta1,
        double beta2,
        double eps,
        double weight_decay
    )
        : base(parameters, lr, ("exp_avg", true), ("exp_inf", true))
    {
        RequireBetas(beta1, beta2);
        Require(eps >= 0, nameof(eps), eps, "at least 0");
        Require(weight_decay >= 0, nameof(weight_decay), weight_decay, "at least 0");
        (this.beta1, this.beta2, this.eps, weightDecay) = (beta1, beta2, eps, weight_decay);
    }

    private protected override unsafe int StepNative(NativeParameters* all) =>
        NativeOptimizers.vt_optim_adamax(all, LearningRate, beta1, beta2, eps, weightDecay);

    private protected override void Update(Tensor parameter, Tensor gradient, ReadOnlySpan<Tensor?> state, long step)
    {
        Tensor g = Directed(gradient, parameter, maximize: false, weightDecay);
        Tensor mean = state[0]!.mul_(beta1).add_(g, 1 - beta1);
        Tensor norm = state[1]!.mul_(beta2);
        norm.copy_(norm.maximum(g.abs().add_(eps)));
        parameter.addcdiv_(mean, norm, -LearningRate / (1 - Math.Pow(beta1, step)));
    }
}
