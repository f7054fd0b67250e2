using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Moves a module's parameters and buffers, in place, to another device or floating-point type; returns the module itself.</summary>
public static class ModuleExtensionMethods
{
    public static T to<T>(this T module, ScalarType type, bool non_blocking = false)
        where T : nn.Module => Moved(module, null, type);

    public static T to<T>(this T module, Device device, ScalarType type, bool non_blocking = false)
        where T : nn.Module => Moved(module, device, type);

    public static T to<T>(this T module, DeviceType deviceType, int deviceIndex = -1, bool non_blocking = false)
        where T : nn.Module => Moved(module, new Device(deviceType, deviceIndex), null);

    public static T to<T>(this T module, Device device, bool non_blocking = false)
        where T : nn.Module => Moved(module, device, null);

    public static T to<T>(this T module, string device, bool non_blocking = false)
        where T : nn.Module => Moved(module, new Device(device), null);

    public static T to<T>(this T module, Tensor other, bool non_blocking = false)
        where T : nn.Module => Moved(module, other.device, other.dtype);

    public static T cpu<T>(this T module, bool non_blocking = false)
        where T : nn.Module => Moved(module, CPU, null);

    public static T cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false)
        where T : nn.Module => Moved(module, new Device(DeviceType.CUDA, deviceIndex), null);

    public static T @float<T>(this T module, bool non_blocking = false)
        where T : nn.Module => Moved(module, null, ScalarType.Float32);

    public static T @double<T>(this T module, bool non_blocking = false)
        where T : nn.Module => Moved(module, null, ScalarType.Float64);

    private static T Moved<T>(T module, Device? device, ScalarType? dtype)
        where T : nn.Module
    {
        ArgumentNullException.ThrowIfNull(module);
        module.MoveTo(device, dtype);
        return module;
    }
}
