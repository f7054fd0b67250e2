using Vae.Torch;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Layers and losses as functions.</summary>
        public static class functional
        {
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) =>
                Op.Call(aten.linear, input, weights, bias);

            public static Tensor relu(Tensor x, bool inplace = false) => Op.Call(inplace ? aten.relu_ : aten.relu, x);

            public static Tensor elu(Tensor x, double alpha, bool inplace = false) =>
                Op.Call(inplace ? aten.elu_ : aten.elu, x, alpha);

            public static Tensor tanh(Tensor x, bool inplace = false) => Op.Call(inplace ? aten.tanh_ : aten.tanh, x);

            public static Tensor sigmoid(Tensor x) => sigmoid(x, false);

            public static Tensor sigmoid(Tensor x, bool inplace) => Op.Call(inplace ? aten.sigmoid_ : aten.sigmoid, x);

            public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) =>
                Op.Call(aten.softplus, x, beta, threshold);

            public static Tensor logsigmoid(Tensor x) => Op.Call(aten.log_sigmoid, x);

            /// <summary>Whole numbers 0 ... C − 1 as rows of zeros with a one: [...] int64 → [..., C] int64; num_classes −1: the largest number + 1.</summary>
            public static Tensor one_hot(Tensor x, long num_classes = -1) => Op.Call(aten.one_hot, x, num_classes);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                Op.Call(inplace ? aten.dropout_ : aten.dropout, input, p, training);

            public static Tensor conv2d(
                Tensor input,
                Tensor weight,
                Tensor? bias = null,
                long[]? strides = null,
                long[]? padding = null,
                long[]? dilation = null,
                long groups = 1
            ) =>
                Op.Call(
                    aten.conv2d,
                    input,
                    weight,
                    bias,
                    strides ?? [1, 1],
                    padding ?? [0, 0],
                    dilation ?? [1, 1],
                    groups
                );

            public static Tensor conv2d_padding(
                Tensor input,
                Tensor weight,
                Tensor? bias = null,
                long[]? strides = null,
                Padding padding = Padding.Valid,
                long[]? dilation = null,
                long groups = 1
            ) =>
                Op.Call(
                    aten.conv2d_padding,
                    input,
                    weight,
                    bias,
                    strides ?? [1, 1],
                    padding == Padding.Same ? "same" : "valid",
                    dilation ?? [1, 1],
                    groups
                );

            public static Tensor conv_transpose2d(
                Tensor input,
                Tensor weight,
                Tensor? bias = null,
                long[]? strides = null,
                long[]? padding = null,
                long[]? output_padding = null,
                long[]? dilation = null,
                long groups = 1
            ) =>
                Op.Call(
                    aten.conv_transpose2d,
                    input,
                    weight,
                    bias,
                    strides ?? [1, 1],
                    padding ?? [0, 0],
                    output_padding ?? [0, 0],
                    groups,
                    dilation ?? [1, 1]
                );

            public static Tensor batch_norm(
                Tensor input,
                Tensor? running_mean,
                Tensor? running_var,
                Tensor? weight = null,
                Tensor? bias = null,
                bool training = false,
                double momentum = 0.1,
                double eps = 1e-5
            ) =>
                Op.Call(aten.batch_norm, input, weight, bias, running_mean, running_var, training, momentum, eps, true);

            public static Tensor layer_norm(
                Tensor input,
                long[] normalized_shape,
                Tensor? weight = null,
                Tensor? bias = null,
                double eps = 1e-5
            ) => Op.Call(aten.layer_norm, input, normalized_shape, weight, bias, eps);

            public static Tensor binary_cross_entropy_with_logits(
                Tensor input,
                Tensor target,
                Tensor? weight = null,
                Reduction reduction = Reduction.Mean,
                Tensor? pos_weights = null
            ) => Op.Call(aten.binary_cross_entropy_with_logits, input, target, weight, pos_weights, (long)reduction);

            /// <summary>Adds to the last dimensions; pad = [left, right, above, below, ...].</summary>
            public static Tensor pad(
                Tensor input,
                long[] pad,
                PaddingModes mode = PaddingModes.Constant,
                double value = 0
            )
            {
                (string name, double? fill) = mode switch
                {
                    PaddingModes.Zeros => ("constant", 0),
                    PaddingModes.Constant => ("constant", value),
                    PaddingModes.Reflect => ("reflect", (double?)null),
                    PaddingModes.Replicate => ("replicate", null),
                    _ => ("circular", null),
                };
                return Op.Call(aten.pad, input, pad, name, fill);
            }

            /// <summary>Resizes images, x: [N, C, H, W], by nearest neighbour or bilinearly; give the size or the factors.</summary>
            public static Tensor interpolate(
                Tensor x,
                long[]? size = null,
                double[]? scale_factor = null,
                InterpolationMode mode = InterpolationMode.Nearest,
                bool? align_corners = null,
                bool recompute_scale_factor = false,
                bool antialias = false
            )
            {
                if (
                    x.dim() != 4
                    || mode is not (InterpolationMode.Nearest or InterpolationMode.Bilinear)
                    || recompute_scale_factor
                    || antialias
                )
                {
                    throw new NotSupportedException(
                        $"interpolate takes [N, C, H, W] with {InterpolationMode.Nearest} or {InterpolationMode.Bilinear}, "
                            + $"not {mode} of {x.dim()} dimensions; and no recompute_scale_factor or antialias."
                    );
                }

                return mode == InterpolationMode.Nearest
                    ? Op.Call(aten.upsample_nearest2d, x, size, scale_factor)
                    : Op.Call(aten.upsample_bilinear2d, x, size, align_corners ?? false, scale_factor);
            }
        }
    }
}
