using Vae.Torch;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public bool is_leaf => Shim.vt_is_leaf(Handle) != 0;

        public bool requires_grad
        {
            get => Shim.vt_requires_grad(Handle) != 0;
            set =>
                TorchException.ThrowIf(Shim.vt_set_requires_grad(Handle, value ? 1 : 0), "requires_grad_", Describe());
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor? grad
        {
            get
            {
                nint grad = Shim.vt_grad(Handle);
                GC.KeepAlive(this);
                return grad == 0 ? null : new Tensor(grad);
            }
            set => TorchException.ThrowIf(Shim.vt_set_grad(Handle, value?.Handle ?? 0), "grad", Describe());
        }

        public void backward() => backward(null);

        public void backward(
            IList<Tensor>? grad_tensors = null,
            bool retain_graph = false,
            bool create_graph = false,
            IList<Tensor>? inputs = null
        )
        {
            if (inputs is not null || grad_tensors is { Count: > 1 })
            {
                throw new NotSupportedException("backward takes at most one gradient, and no inputs.");
            }

            nint gradient = grad_tensors is { Count: 1 } ? grad_tensors[0].Handle : 0;
            int status = Shim.vt_backward(Handle, gradient, retain_graph ? 1 : 0, create_graph ? 1 : 0);
            TorchException.ThrowIf(status, "backward", Describe());
            GC.KeepAlive(this); // a temporary's finalizer must not free it meanwhile
            GC.KeepAlive(grad_tensors);
        }

        public Tensor detach() => Op.Call(aten.detach, this);
    }

    public static bool is_grad_enabled() => Shim.vt_grad_enabled() != 0;

    public static IDisposable no_grad() => enable_grad(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable inference_mode(bool mode = true) => mode ? new InferenceMode() : enable_grad(true);

    private sealed class GradMode : IDisposable
    {
        private readonly bool before = is_grad_enabled();

        internal GradMode(bool enabled) => Shim.vt_set_grad_enabled(enabled ? 1 : 0);

        public void Dispose() => Shim.vt_set_grad_enabled(before ? 1 : 0);
    }

    private sealed class InferenceMode : IDisposable
    {
        private nint guard = Shim.vt_inference_begin();

        public void Dispose()
        {
            if (guard != 0)
            {
                Shim.vt_inference_end(guard);
                guard = 0;
            }
        }
    }
}
