using System.Runtime.InteropServices;

namespace Vae.OnnxRuntime.Native;

/// <summary>A dictionary as the C API takes it: two arrays of texts, until disposed.</summary>
internal sealed class NativeTexts(IReadOnlyDictionary<string, string> entries) : IDisposable
{
    public nint[] Keys { get; } = [.. entries.Keys.Select(Marshal.StringToCoTaskMemUTF8)];

    public nint[] Values { get; } = [.. entries.Values.Select(Marshal.StringToCoTaskMemUTF8)];

    public void Dispose()
    {
        foreach (var text in Keys.Concat(Values))
        {
            Marshal.FreeCoTaskMem(text);
        }
    }
}
