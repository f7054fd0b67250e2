using System.Runtime.InteropServices;

namespace Vae.Torch;

/// <summary>What an argument or a result is; the numbers are native/shim.cpp's.</summary>
internal enum Tag
{
    None,
    Tensor,
    Double,
    Int,
    Bool,
    IntList,
    TensorList,
    DoubleList,
    String,
    Device,
}

/// <summary>One argument or result as it crosses to native code.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct Value
{
    [FieldOffset(0)]
    public Tag Tag;

    [FieldOffset(4)]
    public int Length;

    [FieldOffset(8)]
    public long Int;

    [FieldOffset(8)]
    public double Double;

    [FieldOffset(8)]
    public nint Pointer;
}
