using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Vae.Inference.Protocol;

/// <summary>The elements of a tensor in JSON: flat, or nested as its shape says; row-major either way.</summary>
internal static class JsonNumbers
{
    private delegate bool Try<T>(JsonElement element, out T value);

    public static byte[] Read(JsonElement data, string place, Datatype datatype, long[] shape, int count) =>
        datatype.Element switch
        {
            TensorElementType.Bool => Read(
                data,
                place,
                datatype,
                shape,
                count,
                (JsonElement e, out byte v) => (v = e.GetBoolean() ? (byte)1 : (byte)0) <= 1
            ),
            TensorElementType.UInt8 => Read(
                data,
                place,
                datatype,
                shape,
                count,
                (JsonElement e, out byte v) => e.TryGetByte(out v)
            ),
            TensorElementType.UInt16 => Read(
                data,
                place,
                datatype,
                shape,
                count,
                (JsonElement e, out ushort v) => e.TryGetUInt16(out v)
            ),
            TensorElementType.UInt32 => Read(
                data,
                place,
                datatype,
                shape,
                count,
                (JsonElement e, out uint v) => e.TryGetUInt32(out v)
            ),
            TensorElementType.UInt64 => Read(
                data,
                place,
                datatype,
                shape,
                count,
                (JsonElement e, out ulong v) => e.TryGetUInt64(out v)
            ),
            TensorElementType.Int8 => Read(
                data,
                place,
                datatype,
                shape,
                count,
                (JsonElement e, out sbyte v) => e.TryGetSByte(out v)
            ),
            TensorElementType.Int16 => Read(
                data,
                place,
                datatype,
                shape,
                count,
                (JsonElement e, out short v) => e.TryGetInt16(out v)
            ),
            TensorElementType.Int32 => Read(
                data,
                place,
                datatype,
                shape,
                count,
                (JsonElement e, out int v) => e.TryGetInt32(out v)
            ),
            TensorElementType.Int64 => Read(
                data,
                place,
                datatype,
                shape,
                count,
                (JsonElement e, out long v) => e.TryGetInt64(out v)
            ),
            TensorElementType.Float => Read(
                data,
                place,
                datatype,
                shape,
                count,
                (JsonElement e, out float v) => e.TryGetSingle(out v) && float.IsFinite(v)
            ),
            TensorElementType.Double => Read(
                data,
                place,
                datatype,
                shape,
                count,
                (JsonElement e, out double v) => e.TryGetDouble(out v) && double.IsFinite(v)
            ),
            _ => throw RefusedException.BadRequest($"{place}: {datatype.Name} goes as bytes only: binary_data_size"),
        };

    private static byte[] Read<T>(
        JsonElement data,
        string place,
        Datatype datatype,
        long[] shape,
        int count,
        Try<T> read
    )
        where T : unmanaged
    {
        var values = new T[count];
        bool truth = datatype.Element == TensorElementType.Bool;
        int filled = 0;
        if (
            shape.Length > 1
            && data is { ValueKind: JsonValueKind.Array }
            && data.GetArrayLength() > 0
            && data[0].ValueKind == JsonValueKind.Array
        )
        {
            Fill(data, 0);
        }
        else
        {
            Row(data, count);
        }

        return MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

        void Fill(JsonElement element, int axis)
        {
            if (axis == shape.Length - 1)
            {
                Row(element, shape[axis]);
                return;
            }

            Sized(element, shape[axis]);
            foreach (JsonElement inner in element.EnumerateArray())
            {
                Fill(inner, axis + 1);
            }
        }

        void Row(JsonElement element, long length)
        {
            Sized(element, length);
            foreach (JsonElement number in element.EnumerateArray())
            {
                bool kind = truth ? Truth(number) : number.ValueKind == JsonValueKind.Number;
                if (!kind || !read(number, out values[filled]))
                {
                    throw RefusedException.BadRequest(
                        $"{place}: element {filled} is no {datatype.Name}: {Json.Kind(number)}"
                    );
                }

                filled++;
            }
        }

        void Sized(JsonElement element, long length)
        {
            if (element.ValueKind != JsonValueKind.Array)
            {
                throw RefusedException.BadRequest(
                    $"{place} is an array of numbers, flat or nested as the shape says, not {Json.Kind(element)}"
                );
            }

            if (element.GetArrayLength() != length)
            {
                throw RefusedException.BadRequest(
                    $"{place}: {element.GetArrayLength()} elements where the shape [{string.Join(", ", shape)}] has {length}"
                );
            }
        }
    }

    private static bool Truth(JsonElement element) => element.ValueKind is JsonValueKind.True or JsonValueKind.False;
}
