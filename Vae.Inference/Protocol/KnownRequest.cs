using System.Runtime.InteropServices;

namespace Vae.Inference.Protocol;

/// <summary>What the JSON of a request says, all of whose numbers come as bytes after it: a body that begins with the same JSON, and is as long, need not be read again.</summary>
internal sealed class KnownRequest
{
    private const int MaxJson = 4096; // what is kept of a client is bounded

    private readonly byte[] json;
    private readonly int bodyLength;
    private readonly InferRequest request;
    private readonly Range[] places; // of the inputs in the body

    private KnownRequest(byte[] json, int bodyLength, InferRequest request, Range[] places)
    {
        (this.json, this.bodyLength, this.places) = (json, bodyLength, places);
        this.request = request with { Inputs = Array.ConvertAll(request.Inputs, i => i with { Data = default }) };
    }

    /// <summary>What is to be known of a request; null where it has numbers in its JSON, or bytes that not every value is allowed for.</summary>
    public static KnownRequest? Of(
        ReadOnlyMemory<byte> body,
        int headerLength,
        InferRequest request,
        ModelSignature model
    )
    {
        if (headerLength > MaxJson || model.Inputs.Any(i => i.Datatype.Name == "BOOL"))
        {
            return null;
        }

        MemoryMarshal.TryGetArray(body, out ArraySegment<byte> all); // a body of other memory has no input in it
        var places = new Range[request.Inputs.Length];
        for (int i = 0; i < places.Length; i++)
        {
            if (!MemoryMarshal.TryGetArray(request.Inputs[i].Data, out var own) || own.Array != all.Array)
            {
                return null;
            }

            int begin = own.Offset - all.Offset;
            places[i] = begin..(begin + own.Count);
        }

        return new KnownRequest(body[..headerLength].ToArray(), body.Length, request, places);
    }

    /// <summary>The request that a body is, where it has this one's JSON byte for byte; otherwise null, and it has to be read.</summary>
    public InferRequest? Again(ReadOnlyMemory<byte> body, int headerLength)
    {
        if (body.Length != bodyLength || headerLength != json.Length || !body.Span.StartsWith(json))
        {
            return null;
        }

        var inputs = new Tensor[places.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = request.Inputs[i] with { Data = body[places[i]] };
        }

        return request with
        {
            Inputs = inputs,
        };
    }
}
