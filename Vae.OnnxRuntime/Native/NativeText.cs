using System.Runtime.InteropServices;

namespace Vae.OnnxRuntime.Native;

/// <summary>A text as C reads it: UTF-8, with a zero at its end, until disposed.</summary>
internal readonly ref struct NativeText
{
    public NativeText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Pointer = Marshal.StringToCoTaskMemUTF8(text);
    }

    public nint Pointer { get; }

    public void Dispose() => Marshal.FreeCoTaskMem(Pointer);
}
