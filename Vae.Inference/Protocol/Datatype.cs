using Microsoft.ML.OnnxRuntime.Tensors;

namespace Vae.Inference.Protocol;

/// <summary>A datatype of the inference protocol, what ONNX Runtime calls it, and its bytes.</summary>
public sealed record Datatype(string Name, TensorElementType Element, int Size)
{
    /// <summary>All that are served. BYTES, the protocol's strings, isn't.</summary>
    public static IReadOnlyList<Datatype> All { get; } =
    [
        new("BOOL", TensorElementType.Bool, 1),
        new("UINT8", TensorElementType.UInt8, 1),
        new("UINT16", TensorElementType.UInt16, 2),
        new("UINT32", TensorElementType.UInt32, 4),
        new("UINT64", TensorElementType.UInt64, 8),
        new("INT8", TensorElementType.Int8, 1),
        new("INT16", TensorElementType.Int16, 2),
        new("INT32", TensorElementType.Int32, 4),
        new("INT64", TensorElementType.Int64, 8),
        new("FP16", TensorElementType.Float16, 2),
        new("FP32", TensorElementType.Float, 4),
        new("FP64", TensorElementType.Double, 8),
    ];

    /// <summary>JSON has no way to write it: FP16 goes in and out as bytes.</summary>
    public bool BinaryOnly => Element == TensorElementType.Float16;

    /// <summary>The datatype of ONNX Runtime's element type; null where the protocol has none, or it isn't served.</summary>
    public static Datatype? Of(TensorElementType element) => All.FirstOrDefault(d => d.Element == element);
}
