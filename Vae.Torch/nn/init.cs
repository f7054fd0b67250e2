using TorchSharp.Modules;
using Vae.Torch;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Fills tensors with their first values, in place.</summary>
        /// <remarks>Glorot and Bengio 2010 (xavier); He et al. 2015, arXiv:1502.01852 (kaiming).</remarks>
        public static class init
        {
            public enum FanInOut
            {
                FanIn = 0,
                FanOut = 1,
            }

            public enum NonlinearityType
            {
                Linear = 0,
                Conv1D = 1,
                Conv2D = 2,
                Conv3D = 3,
                ConvTranspose1D = 4,
                ConvTranspose2D = 5,
                ConvTranspose3D = 6,
                Sigmoid = 7,
                Tanh = 8,
                ReLU = 9,
                LeakyReLU = 10,
            }

            /// <summary>By how much a nonlinearity shrinks a standard deviation, inverted.</summary>
            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0) =>
                nonlinearity switch
                {
                    NonlinearityType.Tanh => 5.0 / 3,
                    NonlinearityType.ReLU => Math.Sqrt(2),
                    NonlinearityType.LeakyReLU => Math.Sqrt(2 / (1 + (param * param))),
                    _ => 1,
                };

            public static Tensor ones_(Tensor tensor) => Filled(tensor, aten.fill_, 1);

            public static Tensor zeros_(Tensor tensor) => Filled(tensor, aten.fill_, 0);

            public static Tensor constant_(Tensor tensor, Scalar val) => Filled(tensor, aten.fill_, val);

            public static Tensor uniform_(
                Tensor tensor,
                double low = 0,
                double high = 1,
                Generator? generator = null
            ) => Filled(tensor, aten.uniform_, low, high);

            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null) =>
                Filled(tensor, aten.normal_, mean, std);

            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1)
            {
                double bound = gain * Math.Sqrt(3) * XavierDeviation(tensor);
                return uniform_(tensor, -bound, bound);
            }

            public static Tensor xavier_normal_(Tensor tensor, double gain = 1) =>
                normal_(tensor, 0, gain * XavierDeviation(tensor));

            public static Tensor kaiming_uniform_(
                Tensor tensor,
                double a = 0,
                FanInOut mode = FanInOut.FanIn,
                NonlinearityType nonlinearity = NonlinearityType.LeakyReLU
            )
            {
                double bound = Math.Sqrt(3) * KaimingDeviation(tensor, a, mode, nonlinearity);
                return uniform_(tensor, -bound, bound);
            }

            public static Tensor kaiming_normal_(
                Tensor tensor,
                double a = 0,
                FanInOut mode = FanInOut.FanIn,
                NonlinearityType nonlinearity = NonlinearityType.LeakyReLU
            ) => normal_(tensor, 0, KaimingDeviation(tensor, a, mode, nonlinearity));

            /// <summary>The number of inputs each output sees, and of outputs each input reaches.</summary>
            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                long[] shape = tensor.shape;
                if (shape.Length < 2)
                {
                    throw new ArgumentException(
                        $"A tensor of {shape.Length} dimensions has no fan-in and fan-out; it takes at least 2."
                    );
                }

                long field = shape[2..].Aggregate(1L, (product, size) => product * size);
                return (shape[1] * field, shape[0] * field);
            }

            /// <summary>How linear layers and convolutions begin: weights and biases uniform in ±1/√fan_in.</summary>
            internal static void FanInUniform(Parameter weight, Parameter? bias)
            {
                (long fanIn, _) = CalculateFanInAndFanOut(weight);
                double bound = fanIn > 0 ? 1 / Math.Sqrt(fanIn) : 0;
                uniform_(weight, -bound, bound); // = kaiming_uniform_ with a = √5
                if (bias is not null)
                {
                    uniform_(bias, -bound, bound);
                }
            }

            private static double XavierDeviation(Tensor tensor)
            {
                (long fanIn, long fanOut) = CalculateFanInAndFanOut(tensor);
                return Math.Sqrt(2.0 / (fanIn + fanOut));
            }

            private static double KaimingDeviation(
                Tensor tensor,
                double a,
                FanInOut mode,
                NonlinearityType nonlinearity
            )
            {
                (long fanIn, long fanOut) = CalculateFanInAndFanOut(tensor);
                return calculate_gain(nonlinearity, a) / Math.Sqrt(mode == FanInOut.FanIn ? fanIn : fanOut);
            }

            private static Tensor Filled(Tensor tensor, Operator filling, params ReadOnlySpan<Arg> arguments)
            {
                using IDisposable frozen = no_grad();
                Op.Run(filling, [tensor, .. arguments]);
                return tensor;
            }
        }
    }
}
