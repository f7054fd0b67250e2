using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime.Tensors;
using Vae.OnnxRuntime;
using Vae.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>A tensor, over memory of its own or of the caller's.</summary>
/// <remarks>Nothing is copied: spans point to the tensor's memory itself, and must not be used once the value is disposed of.</remarks>
public sealed class OrtValue : NativeHandle
{
    private MemoryHandle pin;

    internal OrtValue(nint pointer, MemoryHandle pin = default)
        : base(pointer, Slot.ReleaseValue) => this.pin = pin;

    /// <summary>What the value is; a tensor, with the models that we make.</summary>
    public OnnxValueType OnnxType
    {
        get
        {
            using var self = Use();
            return (OnnxValueType)(int)Api.Get(Slot.GetValueType, self.Pointer);
        }
    }

    /// <summary>Whether the value is a tensor.</summary>
    public bool IsTensor => OnnxType == OnnxValueType.ONNX_TYPE_TENSOR;

    /// <summary>A tensor over an array, which stays where it is (pinned) until the value is disposed of.</summary>
    /// <exception cref="OnnxRuntimeException">The array is too short for the shape, or the shape is no shape.</exception>
    public static OrtValue CreateTensorValueFromMemory<T>(T[] data, long[] shape)
        where T : unmanaged => CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, data.AsMemory(), shape);

    /// <summary>A tensor over managed memory, which stays where it is (pinned) until the value is disposed of.</summary>
    /// <exception cref="OnnxRuntimeException">The memory is too short for the shape, or the shape is no shape.</exception>
    public static unsafe OrtValue CreateTensorValueFromMemory<T>(
        OrtMemoryInfo memoryInfo,
        Memory<T> memory,
        long[] shape
    )
        where T : unmanaged
    {
        var type = ElementTypes.Of<T>();
        var pin = memory.Pin();
        try
        {
            var bytes = (long)memory.Length * Unsafe.SizeOf<T>();
            return new OrtValue(Wrap(memoryInfo, type, shape, (nint)pin.Pointer, bytes), pin);
        }
        catch
        {
            pin.Dispose();
            throw;
        }
    }

    /// <summary>A tensor over memory that the caller keeps alive, in place, until the value is disposed of.</summary>
    /// <exception cref="OnnxRuntimeException">The memory is too short for the shape, or the shape is no shape.</exception>
    public static OrtValue CreateTensorValueWithData(
        OrtMemoryInfo memInfo,
        TensorElementType elementType,
        long[] shape,
        IntPtr dataBufferPtr,
        long bufferLengthInBytes
    ) => new(Wrap(memInfo, elementType, shape, dataBufferPtr, bufferLengthInBytes));

    /// <summary>A tensor with memory of its own, not yet written.</summary>
    public static unsafe OrtValue CreateAllocatedTensorValue(
        OrtAllocator allocator,
        TensorElementType elementType,
        long[] shape
    )
    {
        ArgumentNullException.ThrowIfNull(allocator);
        ArgumentNullException.ThrowIfNull(shape);
        using var from = allocator.Use();
        fixed (long* axes = shape)
        {
            return new OrtValue(
                Api.Get(Slot.CreateTensorAsOrtValue, from.Pointer, (nint)axes, shape.Length, (nint)elementType)
            );
        }
    }

    /// <summary>The elements, row-major.</summary>
    /// <exception cref="OnnxRuntimeException">The elements are of another type.</exception>
    public ReadOnlySpan<T> GetTensorDataAsSpan<T>()
        where T : unmanaged => GetTensorMutableDataAsSpan<T>();

    /// <summary>The elements, row-major, to write.</summary>
    /// <exception cref="OnnxRuntimeException">The elements are of another type.</exception>
    public unsafe Span<T> GetTensorMutableDataAsSpan<T>()
        where T : unmanaged
    {
        var wanted = ElementTypes.Of<T>();
        var found = GetTensorTypeAndShape();
        return found.ElementDataType == wanted
            ? new Span<T>(Elements(), checked((int)found.ElementCount))
            : throw new OnnxRuntimeException(
                ErrorCode.InvalidArgument,
                $"The tensor's elements are {found.ElementDataType}, not {wanted}."
            );
    }

    /// <summary>The elements' bytes, row-major, to write.</summary>
    public unsafe Span<byte> GetTensorMutableRawData() => new(Elements(), checked((int)GetTensorSizeInBytes()));

    /// <summary>How many bytes the elements take.</summary>
    public long GetTensorSizeInBytes()
    {
        var info = GetTensorTypeAndShape();
        return info.ElementCount * ElementTypes.Size(info.ElementDataType);
    }

    /// <summary>The tensor's element type and shape.</summary>
    public OrtTensorTypeAndShapeInfo GetTensorTypeAndShape()
    {
        using var self = Use();
        var info = Api.Get(Slot.GetTensorTypeAndShape, self.Pointer);
        try
        {
            return new OrtTensorTypeAndShapeInfo(info);
        }
        finally
        {
            Api.Release(Slot.ReleaseTensorTypeAndShapeInfo, info);
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        var released = base.ReleaseHandle();
        pin.Dispose();
        return released;
    }

    private unsafe void* Elements()
    {
        using var self = Use();
        return (void*)Api.Get(Slot.GetTensorMutableData, self.Pointer);
    }

    private static unsafe nint Wrap(OrtMemoryInfo memory, TensorElementType type, long[] shape, nint data, long bytes)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(shape);
        using var place = memory.Use();
        fixed (long* axes = shape)
        {
            return Api.Get(
                Slot.CreateTensorWithDataAsOrtValue,
                place.Pointer,
                data,
                (nint)bytes,
                (nint)axes,
                shape.Length,
                (nint)type
            );
        }
    }
}
