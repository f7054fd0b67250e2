using Vae.OnnxRuntime;
using Vae.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Says in which memory a tensor lies: the processor's ("Cpu") or a device's ("Cuda").</summary>
public sealed class OrtMemoryInfo : NativeHandle
{
    private static readonly Lazy<OrtMemoryInfo> cpu = new(() =>
        new OrtMemoryInfo(
            Api.Get(Slot.CreateCpuMemoryInfo, (nint)OrtAllocatorType.DeviceAllocator, (nint)OrtMemType.Default),
            release: null
        )
    );

    /// <param name="allocatorName">"Cpu", "Cuda" or "CudaPinned".</param>
    /// <param name="allocatorType">Who hands the memory out.</param>
    /// <param name="deviceId">Which device of its kind, from 0.</param>
    /// <param name="memoryType">What the memory is for.</param>
    public OrtMemoryInfo(string allocatorName, OrtAllocatorType allocatorType, int deviceId, OrtMemType memoryType)
        : this(Create(allocatorName, allocatorType, deviceId, memoryType), Slot.ReleaseMemoryInfo) { }

    private OrtMemoryInfo(nint pointer, Slot? release)
        : base(pointer, release) { }

    /// <summary>The processor's memory; shared, so disposing of it does nothing.</summary>
    public static OrtMemoryInfo DefaultInstance => cpu.Value;

    /// <summary>The allocator's name.</summary>
    public string Name
    {
        get
        {
            using var self = Use();
            return Api.GetText(Slot.MemoryInfoGetName, self.Pointer);
        }
    }

    /// <summary>Which device of its kind.</summary>
    public int Id => (int)Get(Slot.MemoryInfoGetId);

    /// <summary>What the memory is for.</summary>
    public OrtMemType GetMemoryType() => (OrtMemType)(int)Get(Slot.MemoryInfoGetMemType);

    /// <summary>Who hands the memory out.</summary>
    public OrtAllocatorType GetAllocatorType() => (OrtAllocatorType)(int)Get(Slot.MemoryInfoGetType);

    private nint Get(Slot slot)
    {
        using var self = Use();
        return Api.Get(slot, self.Pointer);
    }

    private static nint Create(string name, OrtAllocatorType allocator, int device, OrtMemType memory)
    {
        using var text = new NativeText(name);
        return Api.Get(Slot.CreateMemoryInfo, text.Pointer, (nint)allocator, device, (nint)memory);
    }
}
