using TorchSharp.Modules;
using Vae.Torch;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static class utils
        {
            /// <summary>Scales all gradients by max_norm / (‖g‖ + 10⁻⁶) when that is less than 1; returns ‖g‖ over all of them before.</summary>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
            {
                using DisposeScope scope = NewDisposeScope();
                using IDisposable frozen = no_grad();
                Tensor[] gradients = [.. tensors.Select(p => p.grad).OfType<Tensor>()];
                if (gradients.Length == 0)
                {
                    return 0;
                }

                Tensor norms = stack(
                    gradients.Select(g => Op.Call(aten.vector_norm, g, norm_type).to(gradients[0].device))
                );
                double total = Op.Call(aten.vector_norm, norms, norm_type).to(ScalarType.Float64).item<double>();
                double scale = max_norm / (total + 1e-6);
                if (!(scale >= 1))
                {
                    foreach (Tensor gradient in gradients)
                    {
                        gradient.mul_(scale);
                    }
                }

                return total;
            }
        }
    }
}
