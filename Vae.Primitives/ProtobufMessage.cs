using System.Text;

namespace Vae.Primitives;

/// <summary>A message in Protocol Buffers' wire format, written field by field.</summary>
/// <remarks>
/// A field is a tag, number · 8 + wire type, and its value: a varint (type 0), 8 bytes (1), a length and bytes (2), or 4 bytes (5). The sizes of all
/// that lies within are known before anything is written, so tensors are never copied.
/// https://protobuf.dev/programming-guides/encoding/
/// </remarks>
public sealed class ProtobufMessage
{
    private readonly List<(ulong Tag, ulong Varint, object? Value)> fields = [];

    /// <summary>Bytes of the whole message.</summary>
    public long Size { get; private set; }

    /// <summary>Adds an integer.</summary>
    public ProtobufMessage Add(int field, long value)
    {
        fields.Add((Tag(field, 0), (ulong)value, null));
        Size += Length(Tag(field, 0)) + Length((ulong)value);
        return this;
    }

    /// <summary>Adds integers, a field each, as onnx.proto has them.</summary>
    public ProtobufMessage Add(int field, IEnumerable<long> values)
    {
        foreach (long value in values)
        {
            Add(field, value);
        }

        return this;
    }

    /// <summary>Adds a single-precision number.</summary>
    public ProtobufMessage Add(int field, float value)
    {
        fields.Add((Tag(field, 5), 0, value));
        Size += Length(Tag(field, 5)) + sizeof(float);
        return this;
    }

    /// <summary>Adds a double-precision number.</summary>
    public ProtobufMessage Add(int field, double value)
    {
        fields.Add((Tag(field, 1), 0, value));
        Size += Length(Tag(field, 1)) + sizeof(double);
        return this;
    }

    /// <summary>Adds a text.</summary>
    public ProtobufMessage Add(int field, string text) => AddBytes(field, Encoding.UTF8.GetBytes(text));

    /// <summary>Adds bytes.</summary>
    public ProtobufMessage AddBytes(int field, ReadOnlyMemory<byte> bytes) => Add(field, bytes, bytes.Length);

    /// <summary>Adds a message, which is whole by then.</summary>
    public ProtobufMessage Add(int field, ProtobufMessage message) => Add(field, message, message.Size);

    /// <summary>Adds messages.</summary>
    public ProtobufMessage Add(int field, IEnumerable<ProtobufMessage> messages)
    {
        foreach (ProtobufMessage message in messages)
        {
            Add(field, message);
        }

        return this;
    }

    /// <summary>Writes the fields in their order.</summary>
    public void WriteTo(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        foreach (var (tag, varint, value) in fields)
        {
            Write(stream, tag);
            switch (value)
            {
                case null:
                    Write(stream, varint);
                    break;
                case float number:
                    stream.Write(BitConverter.GetBytes(number));
                    break;
                case double number:
                    stream.Write(BitConverter.GetBytes(number));
                    break;
                case ReadOnlyMemory<byte> bytes:
                    Write(stream, (ulong)bytes.Length);
                    stream.Write(bytes.Span);
                    break;
                case ProtobufMessage message:
                    Write(stream, (ulong)message.Size);
                    message.WriteTo(stream);
                    break;
            }
        }
    }

    /// <summary>The whole message.</summary>
    public byte[] ToArray()
    {
        using var stream = new MemoryStream();
        WriteTo(stream);
        return stream.ToArray();
    }

    private ProtobufMessage Add(int field, object value, long length)
    {
        fields.Add((Tag(field, 2), 0, value));
        Size += Length(Tag(field, 2)) + Length((ulong)length) + length;
        return this;
    }

    private static ulong Tag(int field, uint wireType) => ((ulong)field << 3) | wireType;

    private static int Length(ulong varint)
    {
        int length = 1;
        for (; varint >= 0x80; varint >>= 7)
        {
            length++;
        }

        return length;
    }

    private static void Write(Stream stream, ulong varint)
    {
        for (; varint >= 0x80; varint >>= 7)
        {
            stream.WriteByte((byte)(varint | 0x80));
        }

        stream.WriteByte((byte)varint);
    }
}
