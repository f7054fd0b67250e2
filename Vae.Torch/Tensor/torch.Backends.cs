using Vae.Torch;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>How libtorch computes on a device.</summary>
    public static class backends
    {
        /// <summary>cuBLAS.</summary>
        public static class cuda
        {
            /// <summary>Matrix products.</summary>
            public static class matmul
            {
                /// <summary>Whether a GPU may round the factors of float32 products to TensorFloat-32.</summary>
                public static bool allow_tf32
                {
                    get => Shim.vt_tf32_products() != 0;
                    set => Shim.vt_set_tf32_products(value ? 1 : 0);
                }
            }
        }

        /// <summary>cuDNN: convolutions.</summary>
        public static class cudnn
        {
            /// <summary>Whether a GPU may round the factors of float32 convolutions to TensorFloat-32.</summary>
            public static bool allow_tf32
            {
                get => Shim.vt_tf32_convolutions() != 0;
                set => Shim.vt_set_tf32_convolutions(value ? 1 : 0);
            }
        }
    }
}
