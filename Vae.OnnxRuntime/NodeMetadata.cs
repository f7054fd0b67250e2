using Microsoft.ML.OnnxRuntime.Tensors;
using Vae.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>What an input or output of a model is: its element type, and its shape as far as it is fixed.</summary>
public sealed class NodeMetadata
{
    private readonly OrtTensorTypeAndShapeInfo? tensor;

    private readonly string[] symbols = [];

    /// <param name="typeInfo">OrtTypeInfo*; stays the caller's.</param>
    internal unsafe NodeMetadata(nint typeInfo)
    {
        OnnxValueType = (OnnxValueType)(int)Api.Get(Slot.GetOnnxTypeFromTypeInfo, typeInfo);
        if (!IsTensor)
        {
            return;
        }
        var info = Api.Get(Slot.CastTypeInfoToTensorInfo, typeInfo); // a part of typeInfo
        tensor = new OrtTensorTypeAndShapeInfo(info);
        var names = new nint[tensor.Value.DimensionsCount];
        fixed (nint* texts = names)
        {
            Api.Call(Slot.GetSymbolicDimensions, info, (nint)texts, names.Length);
        }
        symbols = Array.ConvertAll(names, Api.Text);
    }

    /// <summary>What the value is; a tensor, with the models that we make.</summary>
    public OnnxValueType OnnxValueType { get; }

    /// <summary>Whether it is a tensor; the properties below are for tensors only.</summary>
    public bool IsTensor => OnnxValueType == OnnxValueType.ONNX_TYPE_TENSOR;

    /// <summary>Whether the elements are texts.</summary>
    public bool IsString => Tensor.IsString;

    /// <summary>The length of each axis; -1 where it is free.</summary>
    public int[] Dimensions => Array.ConvertAll(Tensor.Shape, axis => checked((int)axis));

    /// <summary>The name of each axis, such as "batch"; "" where it has none.</summary>
    public string[] SymbolicDimensions => [.. symbols];

    /// <summary>The elements' type.</summary>
    public TensorElementType ElementDataType => Tensor.ElementDataType;

    /// <summary>The elements' type, as C# has it.</summary>
    public Type ElementType => ElementTypes.Clr(ElementDataType);

    private OrtTensorTypeAndShapeInfo Tensor =>
        tensor ?? throw new OnnxRuntimeException(ErrorCode.Fail, $"{OnnxValueType} is no tensor.");
}
