namespace Microsoft.ML.OnnxRuntime;

/// <summary>Whether operators run one after the other.</summary>
public enum ExecutionMode
{
    ORT_SEQUENTIAL = 0,
    ORT_PARALLEL = 1,
}
