using System.Text.Json;

namespace Vae.Inference.Protocol;

/// <summary>Reads the body of an inference request: JSON, and after it the bytes of the inputs that have a binary_data_size.</summary>
/// <remarks>Whatever doesn't fit the protocol or the model is a refusal that says where.</remarks>
internal sealed class InferRequestReader
{
    private readonly ReadOnlyMemory<byte> body;
    private readonly ModelSignature model;
    private int binaryAt;

    private InferRequestReader(ReadOnlyMemory<byte> body, int headerLength, ModelSignature model)
    {
        this.body = body;
        this.model = model;
        binaryAt = headerLength;
    }

    /// <param name="body">The whole body.</param>
    /// <param name="headerLength">Of its JSON; null: it is nothing else.</param>
    /// <param name="model">What it has to fit.</param>
    /// <param name="maxRows">The largest batch.</param>
    public static InferRequest Read(ReadOnlyMemory<byte> body, int? headerLength, ModelSignature model, int maxRows)
    {
        int length = headerLength ?? body.Length;
        if (length > body.Length)
        {
            throw RefusedException.BadRequest(
                $"the JSON header has {length} bytes by its header, the whole body {body.Length}"
            );
        }

        var reader = new InferRequestReader(body, length, model);
        return Json.Read(body[..length], root => reader.Read(root, maxRows));
    }

    private InferRequest Read(JsonElement root, int maxRows)
    {
        JsonObject request = Json.Object(root, "the request", "id", "parameters", "inputs", "outputs");
        string? id = request.Text("id");
        JsonElement? parameters = request.Get("parameters");
        bool binary = Parameter(parameters, "parameters", "binary_data_output", Json.Bool) ?? false;
        long? timeout = Parameter(parameters, "parameters", "timeout", Json.Integer); // microseconds, as in Triton
        Tensor[] inputs = Inputs(request);
        return new InferRequest(
            id,
            inputs,
            Rows(inputs, maxRows),
            Outputs(request.Get("outputs"), binary),
            timeout is > 0 and < int.MaxValue ? TimeSpan.FromMicroseconds(timeout.Value) : null
        );
    }

    private Tensor[] Inputs(JsonObject request)
    {
        JsonElement list =
            request.Get("inputs")
            ?? throw RefusedException.BadRequest($"the request has no 'inputs'; {Known(model.Inputs)}");
        var inputs = new Tensor?[model.Inputs.Count];
        foreach (var (i, element) in Json.Array(list, "inputs").Index())
        {
            string place = $"inputs[{i}]";
            JsonObject input = Json.Object(element, place, "name", "shape", "datatype", "parameters", "data");
            int index = Find(input, model.Inputs);
            if (inputs[index] is not null)
            {
                throw RefusedException.BadRequest($"{place}: '{model.Inputs[index].Name}' is there twice");
            }

            inputs[index] = Input(input, place, model.Inputs[index]);
        }

        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is null)
            {
                throw RefusedException.BadRequest(
                    $"inputs: '{model.Inputs[i].Name}' is missing; {Known(model.Inputs)}"
                );
            }
        }

        return binaryAt == body.Length
            ? [.. inputs.Select(t => t!.Value)]
            : throw RefusedException.BadRequest(
                $"after the inputs {body.Length - binaryAt} more bytes follow in the body"
            );
    }

    private Tensor Input(JsonObject input, string place, TensorInfo info)
    {
        if (input.Required("datatype") is var datatype && datatype != info.Datatype.Name)
        {
            string why = datatype == "BYTES" ? "; strings aren't served" : "";
            throw RefusedException.BadRequest(
                $"{place}: '{info.Name}' has datatype {info.Datatype.Name}, not '{datatype}'{why}"
            );
        }

        (long[] shape, int count) = Shape(input, place, info);
        JsonElement? data = input.Get("data");
        long? size = Parameter(input.Get("parameters"), $"{place}.parameters", "binary_data_size", Json.Integer);
        if (data is null == size is null)
        {
            throw RefusedException.BadRequest(
                $"{place}: '{info.Name}' needs either data, or parameters.binary_data_size and its bytes after the JSON"
            );
        }

        return new Tensor(
            shape,
            data is { } json
                ? JsonNumbers.Read(json, $"{place}.data", info.Datatype, shape, count)
                : Bytes(size!.Value, place, info, count)
        );
    }

    // No tensor has more elements than its request has bytes: so what is allocated for it is bounded too.
    private (long[] Shape, int Count) Shape(JsonObject input, string place, TensorInfo info)
    {
        JsonElement list =
            input.Get("shape")
            ?? throw RefusedException.BadRequest($"{place}: '{info.Name}' has no shape; it is {info}");
        long[] shape = [.. Json.Array(list, $"{place}.shape").Select(e => Json.Integer(e, $"{place}.shape"))];
        bool fits = shape.Length == info.Shape.Count;
        long count = 1;
        for (int i = 0; fits && i < shape.Length; i++)
        {
            fits = shape[i] >= 1 && (info.Shape[i] < 0 || info.Shape[i] == shape[i]);
            if (fits && shape[i] > body.Length / count)
            {
                throw RefusedException.BadRequest(
                    $"{place}: '{info.Name}' of shape [{string.Join(", ", shape)}] has more elements than the body has bytes"
                );
            }

            count *= fits ? shape[i] : 1;
        }

        return fits
            ? (shape, (int)count)
            : throw RefusedException.BadRequest(
                $"{place}: shape [{string.Join(", ", shape)}] doesn't fit {info}, where −1 is any size from 1"
            );
    }

    private ReadOnlyMemory<byte> Bytes(long size, string place, TensorInfo info, int count)
    {
        if (size != (long)count * info.Datatype.Size)
        {
            throw RefusedException.BadRequest(
                $"{place}: {count} elements of {info.Datatype.Name} are {(long)count * info.Datatype.Size} bytes, and binary_data_size is {size}"
            );
        }

        if (size > body.Length - binaryAt)
        {
            throw RefusedException.BadRequest(
                $"{place}: {size} bytes of '{info.Name}' should follow, and the body has only {body.Length - binaryAt} left"
            );
        }

        ReadOnlyMemory<byte> bytes = body.Slice(binaryAt, (int)size);
        binaryAt += (int)size;
        if (info.Datatype.Name == "BOOL" && bytes.Span.ContainsAnyExceptInRange((byte)0, (byte)1))
        {
            throw RefusedException.BadRequest($"{place}: a byte of '{info.Name}' is neither 0 nor 1, and it is BOOL");
        }

        return bytes;
    }

    private int Rows(Tensor[] inputs, int maxRows)
    {
        long rows = 1;
        foreach (var (i, input) in inputs.Index().Where(p => model.Inputs[p.Index].Batched))
        {
            if (i > 0 && model.Inputs[0].Batched && input.Shape[0] != inputs[0].Shape[0])
            {
                throw RefusedException.BadRequest(
                    $"inputs: '{model.Inputs[0].Name}' has {inputs[0].Shape[0]} rows, '{model.Inputs[i].Name}' {input.Shape[0]}"
                );
            }

            rows = input.Shape[0];
        }

        return rows <= maxRows
            ? (int)rows
            : throw RefusedException.BadRequest(
                $"a request has at most {maxRows} rows (--max-rows), and this one {rows}"
            );
    }

    private List<WantedOutput> Outputs(JsonElement? list, bool binary)
    {
        var wanted = new List<WantedOutput>();
        if (list is null)
        {
            wanted.AddRange(model.Outputs.Select((_, i) => new WantedOutput(i, binary)));
        }
        else
        {
            foreach (var (i, element) in Json.Array(list.Value, "outputs").Index())
            {
                string place = $"outputs[{i}]";
                JsonObject output = Json.Object(element, place, "name", "parameters");
                int index = Find(output, model.Outputs);
                if (wanted.Any(w => w.Index == index))
                {
                    throw RefusedException.BadRequest($"{place}: '{model.Outputs[index].Name}' is there twice");
                }

                bool? asBytes = Parameter(output.Get("parameters"), $"{place}.parameters", "binary_data", Json.Bool);
                wanted.Add(new WantedOutput(index, asBytes ?? binary));
            }
        }

        foreach (WantedOutput w in wanted.Where(w => model.Outputs[w.Index].Datatype.BinaryOnly && !w.Binary))
        {
            throw RefusedException.BadRequest(
                $"outputs: '{model.Outputs[w.Index].Name}' is FP16, which comes as bytes only: ask with \"binary_data\": true"
            );
        }

        return wanted;
    }

    private static int Find(JsonObject tensor, IReadOnlyList<TensorInfo> known)
    {
        string name = tensor.Required("name");
        int index = ModelSignature.Find(known, name);
        return index >= 0
            ? index
            : throw RefusedException.BadRequest($"{tensor.Place}: there is no '{name}'; {Known(known)}");
    }

    private static string Known(IReadOnlyList<TensorInfo> tensors) => $"the model has {string.Join(", ", tensors)}";

    // Parameters are open to extensions: those that aren't known here say nothing.
    private static T? Parameter<T>(
        JsonElement? parameters,
        string place,
        string name,
        Func<JsonElement, string, T> read
    )
        where T : struct =>
        parameters is not { } element ? null
        : element.ValueKind != JsonValueKind.Object ? throw RefusedException.BadRequest($"{place} is an object")
        : element.TryGetProperty(name, out JsonElement value) ? read(value, $"{place}.{name}")
        : null;
}
