using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vae.Torch;

/// <summary>Finds and loads the shim, and with it libtorch, so that its thread pools behave.</summary>
/// <remarks>
/// Freed memory stays with the process: by default glibc hands every larger tensor's pages back to the kernel and takes them
/// anew, zeroed, for the next one; on the importance-weighted bound that was a quarter of the time.
/// .NET's environment isn't the C library's, so OMP_WAIT_POLICY is set by libc's own setenv before libgomp reads it; and where both of
/// Debian's OpenBLAS variants are installed, the OpenMP one is loaded first, by path: it then satisfies libtorch's own need of the name.
/// </remarks>
internal static partial class LibTorch
{
    internal const string Shim = "vae_torch";

    private const int TrimThreshold = -1;
    private const int MmapThreshold = -3;
    private const int LoadNow = 0x002;
    private const int LoadGlobal = 0x100;

    private static readonly string[] openBlasFolders =
    [
        "/usr/lib/x86_64-linux-gnu/openblas-openmp",
        "/usr/lib/aarch64-linux-gnu/openblas-openmp",
    ];

    private static readonly Lazy<bool> prepared = new(PrepareOnce);

    internal static void Prepare() => _ = prepared.Value;

    private static bool PrepareOnce()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetEnvironment("OMP_WAIT_POLICY", "passive", 0);
            _ = SetMalloc(TrimThreshold, 512 << 20);
            _ = SetMalloc(MmapThreshold, 32 << 20); // glibc's maximum
            foreach (string folder in openBlasFolders.Where(Directory.Exists))
            {
                _ = Open($"{folder}/libopenblas.so.0", LoadNow | LoadGlobal);
                _ = Open($"{folder}/libblas.so.3", LoadNow | LoadGlobal);
            }
        }

        NativeLibrary.SetDllImportResolver(typeof(LibTorch).Assembly, Resolve);
        return true;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Shim)
        {
            return 0;
        }

        string file = Path.Combine(AppContext.BaseDirectory, "libvae_torch.so");
        if (!File.Exists(file))
        {
            throw new DllNotFoundException($"{file} is not there. Run ./vae once first: it builds the native library.");
        }

        return NativeLibrary.Load(file);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetMalloc(int parameter, int value);

    [LibraryImport("libc", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags);
}
