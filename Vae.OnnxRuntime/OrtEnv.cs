using Vae.OnnxRuntime;
using Vae.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>ONNX Runtime's one environment in a process; made when first needed, and quiet up to warnings. Disposing of it does nothing.</summary>
public sealed class OrtEnv : NativeHandle
{
    private static readonly Lazy<OrtEnv> instance = new(() => new OrtEnv());

    private OrtEnv()
        : base(Create(), release: null) { }

    /// <summary>The environment.</summary>
    public static OrtEnv Instance() => instance.Value;

    /// <summary>The native library's version, such as "1.30.0".</summary>
    public string GetVersionString() => Api.LibraryVersion;

    /// <summary>The execution providers that this build of the library has, such as "CPUExecutionProvider".</summary>
    public unsafe string[] GetAvailableProviders()
    {
        nint names = 0;
        var count = 0;
        Api.Call(Slot.GetAvailableProviders, (nint)(&names), (nint)(&count));
        var result = new ReadOnlySpan<nint>((void*)names, count).ToArray().Select(Api.Text).ToArray();
        Api.Call(Slot.ReleaseAvailableProviders, names, count);
        return result;
    }

    private static nint Create()
    {
        using var name = new NativeText("vae");
        return Api.Get(Slot.CreateEnv, (nint)OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING, name.Pointer);
    }
}
