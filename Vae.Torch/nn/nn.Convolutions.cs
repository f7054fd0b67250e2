using TorchSharp.Modules;
using static TorchSharp.Modules.ConvolutionOptions;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static Conv2d Conv2d(
            long in_channels,
            long out_channels,
            long kernel_size,
            long stride = 1,
            long padding = 0,
            long dilation = 1,
            PaddingModes padding_mode = PaddingModes.Zeros,
            long groups = 1,
            bool bias = true,
            Device? device = null,
            ScalarType? dtype = null
        ) =>
            new(
                new(in_channels, out_channels, Pair(kernel_size))
                {
                    Stride = Pair(stride),
                    Padding = Pair(padding),
                    Dilation = Pair(dilation),
                    PaddingMode = padding_mode,
                    Groups = groups,
                    Bias = bias,
                    Device = device,
                    DType = dtype,
                }
            );

        public static Conv2d Conv2d(
            long in_channels,
            long out_channels,
            (long, long) kernel_size,
            (long, long)? stride = null,
            (long, long)? padding = null,
            (long, long)? dilation = null,
            PaddingModes padding_mode = PaddingModes.Zeros,
            long groups = 1,
            bool bias = true,
            Device? device = null,
            ScalarType? dtype = null
        ) =>
            new(
                new(in_channels, out_channels, Pair(kernel_size))
                {
                    Stride = Pair(stride, 1),
                    Padding = Pair(padding, 0),
                    Dilation = Pair(dilation, 1),
                    PaddingMode = padding_mode,
                    Groups = groups,
                    Bias = bias,
                    Device = device,
                    DType = dtype,
                }
            );

        public static Conv2d Conv2d(
            long in_channels,
            long out_channels,
            long kernel_size,
            Padding padding,
            long stride = 1,
            long dilation = 1,
            PaddingModes padding_mode = PaddingModes.Zeros,
            long groups = 1,
            bool bias = true,
            Device? device = null,
            ScalarType? dtype = null
        ) =>
            new(
                new(in_channels, out_channels, Pair(kernel_size))
                {
                    Stride = Pair(stride),
                    Padding = null,
                    PaddingType = padding,
                    Dilation = Pair(dilation),
                    PaddingMode = padding_mode,
                    Groups = groups,
                    Bias = bias,
                    Device = device,
                    DType = dtype,
                }
            );

        public static ConvTranspose2d ConvTranspose2d(
            long in_channels,
            long out_channels,
            long kernel_size,
            long stride = 1,
            long padding = 0,
            long output_padding = 0,
            long dilation = 1,
            PaddingModes padding_mode = PaddingModes.Zeros,
            long groups = 1,
            bool bias = true,
            Device? device = null,
            ScalarType? dtype = null
        ) =>
            new(
                new(in_channels, out_channels, Pair(kernel_size))
                {
                    Stride = Pair(stride),
                    Padding = Pair(padding),
                    OutputPadding = Pair(output_padding),
                    Dilation = Pair(dilation),
                    PaddingMode = padding_mode,
                    Groups = groups,
                    Bias = bias,
                    Device = device,
                    DType = dtype,
                }
            );

        public static ConvTranspose2d ConvTranspose2d(
            long in_channels,
            long out_channels,
            (long, long) kernel_size,
            (long, long)? stride = null,
            (long, long)? padding = null,
            (long, long)? output_padding = null,
            (long, long)? dilation = null,
            PaddingModes padding_mode = PaddingModes.Zeros,
            long groups = 1,
            bool bias = true,
            Device? device = null,
            ScalarType? dtype = null
        ) =>
            new(
                new(in_channels, out_channels, Pair(kernel_size))
                {
                    Stride = Pair(stride, 1),
                    Padding = Pair(padding, 0),
                    OutputPadding = Pair(output_padding, 0),
                    Dilation = Pair(dilation, 1),
                    PaddingMode = padding_mode,
                    Groups = groups,
                    Bias = bias,
                    Device = device,
                    DType = dtype,
                }
            );
    }
}
