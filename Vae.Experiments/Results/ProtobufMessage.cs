using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Vae.Experiments.Results;

/// <summary>A protocol buffers message as it goes over the wire: fields in the order of writing (protobuf.dev/programming-guides/encoding).</summary>
internal sealed class ProtobufMessage
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;
    private const int Fixed32 = 5;

    private readonly ArrayBufferWriter<byte> bytes = new();

    /// <summary>The message so far.</summary>
    public byte[] ToArray() => bytes.WrittenSpan.ToArray();

    /// <summary>An int64, int32, bool or enum.</summary>
    public ProtobufMessage Integer(int field, long value) => Tag(field, Varint).Plain((ulong)value);

    /// <summary>A double.</summary>
    public ProtobufMessage Double(int field, double value)
    {
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(eight, value);
        Tag(field, Fixed64).bytes.Write(eight);
        return this;
    }

    /// <summary>A float.</summary>
    public ProtobufMessage Float(int field, float value)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(four, value);
        Tag(field, Fixed32).bytes.Write(four);
        return this;
    }

    /// <summary>Bytes.</summary>
    public ProtobufMessage Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, Delimited).Plain((ulong)value.Length).bytes.Write(value);
        return this;
    }

    /// <summary>A string, in UTF-8.</summary>
    public ProtobufMessage Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A message within this one.</summary>
    public ProtobufMessage Message(int field, ProtobufMessage value) => Bytes(field, value.ToArray());

    private ProtobufMessage Tag(int field, int wireType) => Plain((ulong)(field << 3 | wireType));

    private ProtobufMessage Plain(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Write([(byte)(value | 0x80)]);
        }

        bytes.Write([(byte)value]);
        return this;
    }
}
