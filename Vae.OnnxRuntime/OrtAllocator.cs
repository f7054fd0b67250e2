using Vae.OnnxRuntime;
using Vae.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Hands out memory for tensors.</summary>
public sealed class OrtAllocator : NativeHandle
{
    private static readonly Lazy<OrtAllocator> cpu = new(() => new OrtAllocator());

    private OrtAllocator()
        : base(Api.DefaultAllocator, release: null) { }

    /// <summary>ONNX Runtime's own, of the processor's memory; shared, so disposing of it does nothing.</summary>
    public static OrtAllocator DefaultInstance => cpu.Value;
}
