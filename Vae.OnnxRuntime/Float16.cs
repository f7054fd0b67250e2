namespace Microsoft.ML.OnnxRuntime;

/// <summary>The 16 bits of a half-precision number (IEEE 754 binary16). Tensors take <see cref="Half"/>, which can calculate, just as well.</summary>
/// <param name="v">The bits.</param>
public readonly struct Float16(ushort v)
{
    /// <summary>The bits.</summary>
    public readonly ushort value = v;
}
