namespace TorchSharp;

/// <summary>The kinds of device; the numbers are libtorch's.</summary>
public enum DeviceType
{
    CPU = 0,
    CUDA = 1,
    MPS = 13,
    META = 14,
}

public static partial class torch
{
    /// <summary>The element types; the numbers are libtorch's.</summary>
    public enum ScalarType : sbyte
    {
        Byte = 0,
        Int8 = 1,
        Int16 = 2,
        Int32 = 3,
        Int64 = 4,
        Float16 = 5,
        Float32 = 6,
        Float64 = 7,
        Bool = 11,
        BFloat16 = 15,
    }

    /// <summary>How a division rounds.</summary>
    public enum RoundingMode
    {
        None,
        trunc,
        floor,
    }

    public static readonly Device CPU = new(DeviceType.CPU);
    public static readonly Device META = new(DeviceType.META);

    public static Device CUDA => new(DeviceType.CUDA);

    public static Device device(string description) => new(description);

    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    /// <summary>Where a tensor lives: "cpu", "cuda", "cuda:1" or "meta" (shapes only, nothing allocated).</summary>
    public class Device
    {
        public DeviceType type { get; private set; }
        public int index { get; private set; }

        public Device(string description)
        {
            string[] parts = description.Split(':');
            type = parts[0] switch
            {
                "cpu" => DeviceType.CPU,
                "cuda" => DeviceType.CUDA,
                "mps" => DeviceType.MPS,
                "meta" => DeviceType.META,
                _ => throw new ArgumentException(
                    $"Unknown device '{description}': cpu, cuda, cuda:N, mps and meta are known."
                ),
            };
            index = -1;
            if (parts.Length > 1)
            {
                index =
                    int.TryParse(parts[1], out int n) && n >= 0 && parts.Length == 2
                        ? n
                        : throw new ArgumentException($"Device '{description}': a number belongs after the colon.");
            }
        }

        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index;
        }

        public override string ToString() => type.ToString().ToLowerInvariant() + (index >= 0 ? $":{index}" : "");

        public static implicit operator Device(string description) => new(description);
    }
}
