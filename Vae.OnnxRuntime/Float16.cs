namespace Microsoft.ML.OnnxRuntime;

/// <summary>The 16 bits of a half-precision number (IEEE 754 binary16). Tensors take <see cref="Half"/>, which can calculate, just as well.</summary>
public readonly struct Float16 : IEquatable<Float16>
{
    /// <summary>The bits.</summary>
    public readonly ushort value;

    /// <param name="v">The bits.</param>
    public Float16(ushort v) => value = v;

    /// <summary>Equal as numbers: 0 and -0 are, NaN and NaN are not.</summary>
    public static bool operator ==(Float16 left, Float16 right) => left.Number == right.Number;

    /// <summary>The opposite of ==.</summary>
    public static bool operator !=(Float16 left, Float16 right) => !(left == right);

    private Half Number => BitConverter.UInt16BitsToHalf(value);

    /// <inheritdoc/>
    public bool Equals(Float16 other) => Number.Equals(other.Number);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Float16 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Number.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => Number.ToString();
}
