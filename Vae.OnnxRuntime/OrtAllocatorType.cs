namespace Microsoft.ML.OnnxRuntime;

/// <summary>Who hands memory out.</summary>
public enum OrtAllocatorType
{
    DeviceAllocator = 0,
    ArenaAllocator = 1,
}
