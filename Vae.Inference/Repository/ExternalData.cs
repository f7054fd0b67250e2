namespace Vae.Inference.Repository;

/// <summary>Finds tensors in an ONNX file that say their numbers lie in another file. Such a file could name any path of the machine.</summary>
/// <remarks>
/// Walks the protobuf (onnx.proto) by the fields through which tensors are reached, and knows of each message only that.
/// </remarks>
internal static class ExternalData
{
    private const int MaxDepth = 64;

    private enum Message
    {
        Model,
        Graph,
        Node,
        Attribute,
        Tensor,
        SparseTensor,
        Function,
        Training,
    }

    /// <summary>Whether some tensor has external_data (13) or a data_location (14) other than the file itself.</summary>
    /// <exception cref="InvalidDataException">It is no protobuf.</exception>
    public static bool IsIn(ReadOnlySpan<byte> file) => IsIn(file, Message.Model, 0);

    private static bool IsIn(ReadOnlySpan<byte> bytes, Message message, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new InvalidDataException("its graphs are nested too deep");
        }

        while (bytes.Length > 0)
        {
            ulong tag = Varint(ref bytes);
            var (field, kind) = ((int)(tag >> 3), tag & 7);
            ReadOnlySpan<byte> content = [];
            ulong value = 0;
            switch (kind)
            {
                case 0:
                    value = Varint(ref bytes);
                    break;
                case 1:
                    Take(ref bytes, 8);
                    break;
                case 2:
                    content = Take(ref bytes, Varint(ref bytes));
                    break;
                case 5:
                    Take(ref bytes, 4);
                    break;
                default:
                    throw new InvalidDataException("it is no ONNX file: not a protobuf");
            }

            bool external = message == Message.Tensor && (field == 13 || (field == 14 && value != 0));
            if (external || (kind == 2 && Inside(message, field) is { } inner && IsIn(content, inner, depth + 1)))
            {
                return true;
            }
        }

        return false;
    }

    // The message in a field, where tensors may be in it.
    private static Message? Inside(Message message, int field) =>
        (message, field) switch
        {
            (Message.Model, 7) => Message.Graph,
            (Message.Model, 20) => Message.Training,
            (Message.Model, 25) => Message.Function,
            (Message.Training, 1 or 2) => Message.Graph,
            (Message.Function, 7) => Message.Node,
            (Message.Function, 11) => Message.Attribute,
            (Message.Graph, 1) => Message.Node,
            (Message.Graph, 5) => Message.Tensor,
            (Message.Graph, 15) => Message.SparseTensor,
            (Message.Node, 5) => Message.Attribute,
            (Message.Attribute, 5 or 10) => Message.Tensor,
            (Message.Attribute, 6 or 11) => Message.Graph,
            (Message.Attribute, 22 or 23) => Message.SparseTensor,
            (Message.SparseTensor, 1 or 2) => Message.Tensor,
            _ => null,
        };

    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> bytes, ulong length)
    {
        if (length > (ulong)bytes.Length)
        {
            throw new InvalidDataException(
                "it is no ONNX file, or only a part of one: a field is longer than the rest"
            );
        }

        ReadOnlySpan<byte> taken = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return taken;
    }

    private static ulong Varint(scoped ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Take(ref bytes, 1)[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("it is no ONNX file: not a protobuf");
    }
}
