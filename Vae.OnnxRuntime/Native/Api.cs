using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Vae.OnnxRuntime.Native;

/// <summary>Calls ONNX Runtime's functions by their slots, and turns every status that isn't success into an exception, once freed.</summary>
/// <remarks>
/// All parameters of these functions are integers, enums and pointers, and take a register or a stack slot of 8 bytes each on the
/// 64-bit systems that we run on; so one way to call them, by number of arguments, serves them all.
/// </remarks>
internal static unsafe class Api
{
    /// <summary>ONNX Runtime 1.16's; any later library offers it too.</summary>
    private const uint Version = 16;

    private static readonly Lazy<(nint Table, string Version)> loaded = new(Load);

    private static void** Table => (void**)loaded.Value.Table;

    /// <summary>The library's own version, such as 1.30.0.</summary>
    public static string LibraryVersion => loaded.Value.Version;

    /// <summary>Calls a function that gives a status.</summary>
    /// <exception cref="OnnxRuntimeException">The status isn't success.</exception>
    public static void Call(Slot slot, params ReadOnlySpan<nint> a)
    {
        var f = Table[(int)slot];
        var status = a.Length switch
        {
            1 => ((delegate* unmanaged[Cdecl]<nint, nint>)f)(a[0]),
            2 => ((delegate* unmanaged[Cdecl]<nint, nint, nint>)f)(a[0], a[1]),
            3 => ((delegate* unmanaged[Cdecl]<nint, nint, nint, nint>)f)(a[0], a[1], a[2]),
            4 => ((delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint>)f)(a[0], a[1], a[2], a[3]),
            5 => ((delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint, nint>)f)(a[0], a[1], a[2], a[3], a[4]),
            7 => ((delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint, nint, nint, nint>)f)(
                a[0],
                a[1],
                a[2],
                a[3],
                a[4],
                a[5],
                a[6]
            ),
            8 => ((delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint, nint, nint, nint, nint>)f)(
                a[0],
                a[1],
                a[2],
                a[3],
                a[4],
                a[5],
                a[6],
                a[7]
            ),
            _ => throw new ArgumentException($"No function here has {a.Length} parameters.", nameof(a)),
        };
        if (status != 0)
        {
            throw Failure(status);
        }
    }

    /// <summary>Calls a function whose last parameter points to its result: a handle, a pointer, a count or an enum.</summary>
    /// <exception cref="OnnxRuntimeException">The status isn't success.</exception>
    public static nint Get(Slot slot, params ReadOnlySpan<nint> leading)
    {
        nint result = 0;
        Span<nint> all = stackalloc nint[leading.Length + 1];
        leading.CopyTo(all);
        all[^1] = (nint)(&result);
        Call(slot, all);
        return result;
    }

    /// <summary>Like <see cref="Get"/>, for a text that lives as long as its owner.</summary>
    public static string GetText(Slot slot, nint owner) => Text(Get(slot, owner));

    /// <summary>Like <see cref="Get"/>, for a text that the default allocator made for us, and that goes back to it; null if there is none.</summary>
    public static string? TakeText(Slot slot, params ReadOnlySpan<nint> leading)
    {
        var text = Get(slot, leading);
        if (text == 0)
        {
            return null;
        }
        var result = Text(text);
        Free(text);
        return result;
    }

    /// <summary>Calls a function that releases its argument.</summary>
    public static void Release(Slot slot, nint handle) =>
        ((delegate* unmanaged[Cdecl]<nint, void>)Table[(int)slot])(handle);

    /// <summary>The allocator that ONNX Runtime gives everyone; it is never released.</summary>
    public static nint DefaultAllocator => Get(Slot.GetAllocatorWithDefaultOptions);

    /// <summary>Gives memory back to the default allocator.</summary>
    public static void Free(nint memory) => Call(Slot.AllocatorFree, DefaultAllocator, memory);

    public static string Text(nint utf8) => Marshal.PtrToStringUTF8(utf8) ?? "";

    private static OnnxRuntimeException Failure(nint status)
    {
        var code = ((delegate* unmanaged[Cdecl]<nint, int>)Table[(int)Slot.GetErrorCode])(status);
        var message = Text(((delegate* unmanaged[Cdecl]<nint, nint>)Table[(int)Slot.GetErrorMessage])(status));
        Release(Slot.ReleaseStatus, status);
        return new OnnxRuntimeException((ErrorCode)code, message);
    }

    private static (nint Table, string Version) Load()
    {
        var library = OrtLibrary.Load();
        if (!NativeLibrary.TryGetExport(library, "OrtGetApiBase", out var export))
        {
            throw new DllNotFoundException(
                $"The library is not ONNX Runtime: it has no OrtGetApiBase. Does {OrtLibrary.Variable} name another one?"
            );
        }
        var entry = (nint*)((delegate* unmanaged[Cdecl]<nint>)export)(); // OrtApiBase: GetApi, GetVersionString
        var version = Text(((delegate* unmanaged[Cdecl]<nint>)entry[1])());
        var table = ((delegate* unmanaged[Cdecl]<uint, nint>)entry[0])(Version);
        return table != 0
            ? (table, version)
            : throw new DllNotFoundException($"ONNX Runtime {version} is too old: 1.{Version} or later is needed.");
    }
}
