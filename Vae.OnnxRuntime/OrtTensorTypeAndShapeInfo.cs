using Microsoft.ML.OnnxRuntime.Tensors;
using Vae.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>A tensor's element type and shape.</summary>
public readonly struct OrtTensorTypeAndShapeInfo
{
    /// <param name="info">OrtTensorTypeAndShapeInfo*; stays the caller's.</param>
    internal unsafe OrtTensorTypeAndShapeInfo(nint info)
    {
        ElementDataType = (TensorElementType)(int)Api.Get(Slot.GetTensorElementType, info);
        Shape = new long[Api.Get(Slot.GetDimensionsCount, info)];
        fixed (long* shape = Shape)
        {
            Api.Call(Slot.GetDimensions, info, (nint)shape, Shape.Length);
        }
        ElementCount = Shape.Contains(-1) ? -1 : Api.Get(Slot.GetTensorShapeElementCount, info);
    }

    /// <summary>The elements' type.</summary>
    public TensorElementType ElementDataType { get; }

    /// <summary>Whether the elements are texts.</summary>
    public bool IsString => ElementDataType == TensorElementType.String;

    /// <summary>How many elements there are; -1 if an axis is free.</summary>
    public long ElementCount { get; }

    /// <summary>How many axes there are; 0 for a scalar.</summary>
    public int DimensionsCount => Shape.Length;

    /// <summary>The length of each axis; -1 where it is free.</summary>
    public long[] Shape { get; }
}
