namespace Microsoft.ML.OnnxRuntime;

/// <summary>What memory is for, seen from the device that computes.</summary>
public enum OrtMemType
{
    CpuInput = -2,
    CpuOutput = -1,
    Cpu = -1,
    Default = 0,
}
