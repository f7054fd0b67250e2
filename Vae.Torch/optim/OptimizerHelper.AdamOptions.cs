using Vae.Torch;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

public abstract partial class OptimizerHelper
{
    /// <summary>The numbers of Adam and of AdamW, which differ in where the weight decay goes, and the update of both.</summary>
    private protected sealed record AdamOptions(
        double Beta1,
        double Beta2,
        double Eps,
        double WeightDecay,
        bool Decoupled,
        bool Maximize
    )
    {
        internal static (string, bool)[] Quantities(bool amsgrad) =>
            [("exp_avg", true), ("exp_avg_sq", true), ("max_exp_avg_sq", amsgrad)];

        internal AdamOptions Checked()
        {
            RequireBetas(Beta1, Beta2);
            Require(Eps >= 0, "eps", Eps, "at least 0");
            Require(WeightDecay >= 0, "weight_decay", WeightDecay, "at least 0");
            return this;
        }

        internal unsafe int StepNative(NativeParameters* all, double lr) =>
            NativeOptimizers.vt_optim_adam(
                all,
                lr,
                Beta1,
                Beta2,
                Eps,
                WeightDecay,
                Decoupled ? 1 : 0,
                Maximize ? 1 : 0
            );

        internal void Update(Tensor parameter, Tensor gradient, ReadOnlySpan<Tensor?> state, long step, double lr)
        {
            if (Decoupled)
            {
                parameter.mul_(1 - (lr * WeightDecay));
            }

            Tensor g = Directed(gradient, parameter, Maximize, Decoupled ? 0 : WeightDecay);
            Tensor mean = state[0]!.mul_(Beta1).add_(g, 1 - Beta1);
            Tensor square = state[1]!.mul_(Beta2).addcmul_(g, g, 1 - Beta2);
            if (state[2] is { } most)
            {
                square = most.copy_(most.maximum(square));
            }

            Tensor root = square.sqrt().div_(Math.Sqrt(1 - Math.Pow(Beta2, step))).add_(Eps);
            parameter.addcdiv_(mean, root, -lr / (1 - Math.Pow(Beta1, step)));
        }
    }
}
