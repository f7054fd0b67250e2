using Vae.Torch;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Stochastic gradient descent: v ← μv + (1 − d)g, p ← p − lr · v, or with Nesterov p ← p − lr (g + μv).</summary>
/// <remarks>g includes weight_decay · p; the first v is g. Sutskever et al. 2013 (momentum).</remarks>
public class SGD : OptimizerHelper
{
    private readonly double momentum;
    private readonly double dampening;
    private readonly double weightDecay;
    private readonly bool nesterov;
    private readonly bool maximize;

    public SGD(
        IEnumerable<Parameter> parameters,
        double lr,
        double momentum = 0,
        double dampening = 0,
        double weight_decay = 0,
        bool nesterov = false,
        bool maximize = false
    )
        : this(Numbered(parameters), lr, momentum, dampening, weight_decay, nesterov, maximize) { }

    internal SGD(
        IEnumerable<(string, Parameter)> parameters,
        double lr,
        double momentum,
        double dampening,
        double weight_decay,
        bool nesterov,
        bool maximize
    )
        : base(parameters, lr, ("momentum_buffer", momentum != 0))
    {
        Require(momentum >= 0, nameof(momentum), momentum, "at least 0");
        Require(weight_decay >= 0, nameof(weight_decay), weight_decay, "at least 0");
        Require(!nesterov || momentum > 0, nameof(momentum), momentum, "more than 0 with nesterov");
        Require(!nesterov || dampening == 0, nameof(dampening), dampening, "0 with nesterov");
        (this.momentum, this.dampening, weightDecay) = (momentum, dampening, weight_decay);
        (this.nesterov, this.maximize) = (nesterov, maximize);
    }

    private protected override unsafe int StepNative(NativeParameters* all) =>
        NativeOptimizers.vt_optim_sgd(
            all,
            LearningRate,
            momentum,
            dampening,
            weightDecay,
            nesterov ? 1 : 0,
            maximize ? 1 : 0
        );

    private protected override void Update(Tensor parameter, Tensor gradient, ReadOnlySpan<Tensor?> state, long step)
    {
        Tensor g = Directed(gradient, parameter, maximize, weightDecay);
        if (state[0] is { } velocity)
        {
            _ = step == 1 ? velocity.copy_(g) : velocity.mul_(momentum).add_(g, 1 - dampening);
            g = nesterov ? g.add(velocity, momentum) : velocity;
        }

        parameter.add_(g, -LearningRate);
    }
}
