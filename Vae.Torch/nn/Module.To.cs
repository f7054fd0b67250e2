using Vae.Torch;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            // Each parameter and buffer stays the same object, so fields and optimizers keep seeing it. Only floating-point ones change type.
            internal void MoveTo(Device? device, ScalarType? dtype)
            {
                using IDisposable frozen = no_grad();
                foreach (Tensor tensor in parameters().Concat(buffers()))
                {
                    using Tensor moved = Moved(tensor);
                    Op.Run(aten.set_data, tensor, moved);
                    if (tensor.grad is { } grad)
                    {
                        using Tensor movedGrad = Moved(grad);
                        tensor.grad = movedGrad;
                        grad.Dispose();
                    }
                }

                Tensor Moved(Tensor tensor)
                {
                    bool floating =
                        tensor.dtype
                        is ScalarType.Float16
                            or ScalarType.BFloat16
                            or ScalarType.Float32
                            or ScalarType.Float64;
                    return tensor.to(
                        floating ? dtype ?? tensor.dtype : tensor.dtype,
                        device ?? tensor.device,
                        copy: true
                    );
                }
            }
        }
    }
}
