using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A number handed to an operator: a plain managed value, unlike TorchSharp's native one, with the same conversions.</summary>
public readonly struct Scalar : IDisposable
{
    private Scalar(ScalarType type, long @int, double @double)
    {
        Type = type;
        Int = @int;
        Double = @double;
    }

    public ScalarType Type { get; }

    internal long Int { get; }

    internal double Double { get; }

    internal bool IsFloat =>
        Type is ScalarType.Float16 or ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16;

    public static implicit operator Scalar(byte value) => new(ScalarType.Byte, value, value);

    public static implicit operator Scalar(int value) => new(ScalarType.Int32, value, value);

    public static implicit operator Scalar(long value) => new(ScalarType.Int64, value, value);

    public static implicit operator Scalar(float value) => new(ScalarType.Float32, 0, value);

    public static implicit operator Scalar(double value) => new(ScalarType.Float64, 0, value);

    public static implicit operator Scalar(bool value) => new(ScalarType.Bool, value ? 1 : 0, value ? 1 : 0);

    /// <summary>Nothing to free; here because TorchSharp's scalar is disposable.</summary>
    public void Dispose() { }
}

public static class ScalarExtensionMethods
{
    public static float ToSingle(this Scalar value) => (float)value.Double;

    public static double ToDouble(this Scalar value) => value.Double;

    public static int ToInt32(this Scalar value) => (int)ToInt64(value);

    public static long ToInt64(this Scalar value) => value.IsFloat ? (long)value.Double : value.Int;

    public static bool ToBoolean(this Scalar value) => value.Double != 0;
}
