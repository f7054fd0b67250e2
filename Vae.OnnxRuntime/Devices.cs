using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Vae.OnnxRuntime.Native;

namespace Vae.OnnxRuntime;

/// <summary>From a device's name to a session that computes on it.</summary>
public static class Devices
{
    /// <summary>Lets sessions with these options compute on <paramref name="device"/>: "cpu", "cuda" or "cuda:N".</summary>
    /// <exception cref="ArgumentException">The name isn't one of these, or ONNX Runtime has no CUDA here; the message says what is missing.</exception>
    public static void Use(SessionOptions options, string device)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(device);
        if (device == "cpu")
        {
            return;
        }

        var parts = device.Split(':');
        var index = 0;
        if (
            parts[0] != "cuda"
            || parts.Length > 2
            || parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index)
        )
        {
            throw new ArgumentException(
                $"Unknown device '{device}'; allowed are cpu, cuda and cuda:N.",
                nameof(device)
            );
        }

        try
        {
            options.AppendExecutionProvider_CUDA(index);
        }
        catch (OnnxRuntimeException error)
        {
            var version = OrtEnv.Instance().GetVersionString();
            var hint = OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider")
                ? "Its CUDA provider does not load: are CUDA, cuDNN and a GPU there?"
                : $"This ONNX Runtime has no CUDA: choose cpu, or name the libonnxruntime.so of a GPU build in {OrtLibrary.Variable}.";
            throw new ArgumentException(
                $"The device '{device}' isn't there. {hint} (ONNX Runtime {version}: {error.Message})",
                nameof(device),
                error
            );
        }
    }
}
