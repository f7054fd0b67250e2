using TorchSharp;
using static TorchSharp.torch;

namespace Vae.Torch;

/// <summary>One argument of an operator: a tagged value, made from what C# code has at hand.</summary>
internal readonly struct Arg
{
    internal readonly Tag Tag;
    internal readonly long Int;
    internal readonly double Double;
    internal readonly object? Object;

    private Arg(Tag tag, long @int = 0, double @double = 0, object? @object = null)
    {
        Tag = tag;
        Int = @int;
        Double = @double;
        Object = @object;
    }

    internal static Arg None => default;

    public static implicit operator Arg(Tensor? value) => value is null ? default : new(Tag.Tensor, @object: value);

    public static implicit operator Arg(double value) => new(Tag.Double, @double: value);

    public static implicit operator Arg(double? value) => value is { } v ? new(Tag.Double, @double: v) : default;

    public static implicit operator Arg(long value) => new(Tag.Int, value);

    public static implicit operator Arg(long? value) => value is { } v ? new(Tag.Int, v) : default;

    public static implicit operator Arg(int value) => new(Tag.Int, value);

    public static implicit operator Arg(bool value) => new(Tag.Bool, value ? 1 : 0);

    public static implicit operator Arg(Scalar value) =>
        value.IsFloat
            ? new(Tag.Double, @double: value.Double)
            : new(value.Type == ScalarType.Bool ? Tag.Bool : Tag.Int, value.Int);

    public static implicit operator Arg(Scalar? value) => value is { } v ? v : default(Arg);

    public static implicit operator Arg(ScalarType value) => new(Tag.Int, (long)value);

    public static implicit operator Arg(ScalarType? value) => value is { } v ? new(Tag.Int, (long)v) : default;

    public static implicit operator Arg(Device? value) =>
        value is null ? default : new(Tag.Device, ((long)value.type << 32) | (uint)(value.index & 0xff));

    public static implicit operator Arg(long[]? value) => value is null ? default : new(Tag.IntList, @object: value);

    public static implicit operator Arg(double[]? value) =>
        value is null ? default : new(Tag.DoubleList, @object: value);

    public static implicit operator Arg(Tensor?[]? value) =>
        value is null ? default : new(Tag.TensorList, @object: value);

    public static implicit operator Arg(string? value) => value is null ? default : new(Tag.String, @object: value);

    public override string ToString() =>
        Tag switch
        {
            Tag.Tensor => ((Tensor)Object!).Describe(),
            Tag.TensorList => $"[{string.Join(", ", ((Tensor?[])Object!).Select(t => t?.Describe() ?? "None"))}]",
            Tag.IntList => $"[{string.Join(", ", (long[])Object!)}]",
            Tag.DoubleList => $"[{string.Join(", ", (double[])Object!)}]",
            Tag.String => $"\"{Object}\"",
            Tag.Double => $"{Double}",
            Tag.Int => $"{Int}",
            Tag.Bool => Int != 0 ? "true" : "false",
            Tag.Device => $"device {Int >> 32}:{Int & 0xff}",
            _ => "None",
        };
}
