using System.Runtime.InteropServices;
using Vae.Primitives;

namespace Vae.Export.Graphs;

/// <content>The file: field numbers are those of onnx.proto, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.</content>
public sealed partial class OnnxGraph
{
    private const long IrVersion = 8;

    /// <summary>Writes the model: the nodes that outputs hang on, and the weights that those use.</summary>
    /// <exception cref="NotSupportedException">It has 2 GB or more, which no ONNX file can hold.</exception>
    public void Write(Stream stream, string name, string description, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        IReadOnlyList<OnnxNode> live = Live();
        HashSet<string> used = [.. live.SelectMany(node => node.Inputs).Select(value => value.Name)];
        Dictionary<OnnxValue, string> initializers = new(ReferenceEqualityComparer.Instance);
        foreach (OnnxValue value in live.SelectMany(node => node.Inputs).Where(value => value.Known is not null))
        {
            initializers.TryAdd(value, value.Name.Length > 0 ? value.Name : $"known_{initializers.Count}");
        }

        ProtobufMessage graph = new ProtobufMessage()
            .Add(1, live.Select(node => Encode(node, initializers)))
            .Add(2, name)
            .Add(5, initializers.Select(i => Encode(i.Key.Known!, i.Value)))
            .Add(10, description)
            .Add(11, inputs.Where(input => used.Contains(input.Name)).Select(Encode))
            .Add(12, outputs.Select(Encode));
        ProtobufMessage model = new ProtobufMessage()
            .Add(1, IrVersion)
            .Add(2, "VaeResearch")
            .Add(6, description)
            .Add(7, graph)
            .Add(8, new ProtobufMessage().Add(1, "").Add(2, (long)opset))
            .Add(14, metadata.Select(pair => new ProtobufMessage().Add(1, pair.Key).Add(2, pair.Value)));
        if (model.Size >= int.MaxValue)
        {
            throw new NotSupportedException(
                $"{name} has {model.Size / (1L << 20)} MB, and an ONNX file holds less than 2 GB: export it with --fp16, or a smaller model"
            );
        }

        model.WriteTo(stream);
    }

    /// <summary>The inputs that outputs hang on.</summary>
    public IReadOnlySet<string> Heard() =>
        Live().SelectMany(node => node.Inputs).Select(value => value.Name).ToHashSet();

    // What no output hangs on is left out, such as a density that nobody asked for.
    private List<OnnxNode> Live()
    {
        HashSet<string> wanted = [.. outputs.Select(output => output.Name)];
        var live = new List<OnnxNode>();
        foreach (OnnxNode node in Enumerable.Reverse(nodes))
        {
            if (wanted.Contains(node.Output.Name))
            {
                live.Add(node);
                wanted.UnionWith(node.Inputs.Select(value => value.Name));
            }
        }

        live.Reverse();
        return live;
    }

    private static ProtobufMessage Encode(OnnxNode node, Dictionary<OnnxValue, string> initializers)
    {
        var message = new ProtobufMessage();
        foreach (OnnxValue input in node.Inputs)
        {
            message.Add(1, initializers.GetValueOrDefault(input, input.Name));
        }

        return message
            .Add(2, node.Output.Name)
            .Add(3, $"{node.Operation}:{node.Output.Name}")
            .Add(4, node.Operation)
            .Add(5, node.Attributes.Select(attribute => Encode(attribute.Name, attribute.Value)));
    }

    private static ProtobufMessage Encode(string name, object value)
    {
        ProtobufMessage message = new ProtobufMessage().Add(1, name);
        return value switch
        {
            float number => message.Add(2, number).Add(20, 1L),
            long number => message.Add(3, number).Add(20, 2L),
            long[] numbers => message.Add(8, numbers).Add(20, 7L),
            _ => throw new ArgumentException($"an attribute {name} of {value.GetType()}", nameof(value)),
        };
    }

    private ProtobufMessage Encode(Tensor value, string name)
    {
        bool whole = value.dtype == ScalarType.Int64;
        byte[] bytes = whole
            ? Bytes(value.contiguous().data<long>().ToArray())
            : Numbers(value.to(ScalarType.Float32).contiguous().data<float>().ToArray());
        return new ProtobufMessage()
            .Add(1, value.shape)
            .Add(
                2,
                whole ? int64
                    : half ? half16
                    : single
            )
            .Add(8, name)
            .AddBytes(9, bytes);

        byte[] Numbers(float[] all) => half ? Bytes(Array.ConvertAll(all, number => (Half)number)) : Bytes(all);
    }

    private static byte[] Bytes<T>(T[] numbers)
        where T : unmanaged => MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray();

    private static ProtobufMessage Encode(OnnxValue value)
    {
        ProtobufMessage shape = new ProtobufMessage().Add(
            1,
            value.Shape.Select(size =>
                size == OnnxValue.Batch ? new ProtobufMessage().Add(2, "batch") : new ProtobufMessage().Add(1, size)
            )
        );
        ProtobufMessage tensor = new ProtobufMessage().Add(1, single).Add(2, shape);
        return new ProtobufMessage().Add(1, value.Name).Add(2, new ProtobufMessage().Add(1, tensor));
    }
}
