using System.Runtime.InteropServices;
using Vae.Torch;

namespace TorchSharp;

/// <summary>libtorch, under TorchSharp's names: creation, operators, grad mode, threads, scopes.</summary>
public static partial class torch
{
    private static readonly Lazy<string> version = new(ReadVersion);

    /// <summary>The version of the libtorch that was found.</summary>
    public static string __version__ => version.Value;

    private static unsafe string ReadVersion() => Marshal.PtrToStringUTF8((nint)Shim.vt_version()) ?? "";

    public static bool cuda_is_available() => Shim.vt_cuda_available() != 0;

    public static int get_num_threads() => Shim.vt_threads();

    public static void set_num_threads(int num) => Shim.vt_set_threads(num);
}
