using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Vae.Torch;

/// <summary>From a device's name to a device that this machine and this libtorch have.</summary>
public static class DeviceSelection
{
    /// <summary>"cpu", "cuda" or "cuda:N". From here on a GPU computes float32 as float32; libtorch by itself lets cuDNN round to TensorFloat-32.</summary>
    /// <exception cref="ArgumentException">The name isn't one of these, or the libtorch that was found sees no such GPU.</exception>
    public static Device Select(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name == "cpu")
        {
            return CPU;
        }

        string[] parts = name.Split(':');
        int index = 0;
        if (
            parts[0] != "cuda"
            || parts.Length > 2
            || (
                parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index)
            )
        )
        {
            throw new ArgumentException($"Unknown device '{name}'; allowed are cpu, cuda and cuda:N.");
        }

        var device = new Device(DeviceType.CUDA, index);
        try
        {
            using Tensor probe = empty([1], device: device);
        }
        catch (TorchException e)
        {
            string hint = cuda_is_available()
                ? "There are fewer GPUs, or this one can't be used."
                : $"libtorch {__version__} has no CUDA, or finds no GPU: choose cpu, or name a CUDA build of libtorch in LIBTORCH.";
            throw new ArgumentException($"The device '{name}' isn't there. {hint}", e);
        }

        backends.cuda.matmul.allow_tf32 = backends.cudnn.allow_tf32 = false;
        return device;
    }
}
