using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.ML.OnnxRuntime.Tensors;
using Vae.Inference.Batching;
using Vae.Inference.Repository;

namespace Vae.Inference.Protocol;

/// <summary>Writes the answer of an inference: JSON, and after it the bytes of the outputs that were asked for as bytes.</summary>
/// <remarks>A number that JSON doesn't have, NaN or infinite, is null in JSON; as bytes it is what it is.</remarks>
internal static class InferResponseWriter
{
    public const string HeaderLength = "Inference-Header-Content-Length";

    public static async Task WriteAsync(HttpResponse response, ServedModel model, InferRequest request, RunResult result)
    {
        using var header = new PooledBuffer(512);
        long binary = 0;
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            json.WriteString("model_name"u8, model.Name);
            json.WriteString("model_version"u8, model.VersionText);
            if (request.Id is not null)
            {
                json.WriteString("id"u8, request.Id);
            }

            json.WriteStartArray("outputs"u8);
            foreach (WantedOutput output in request.Outputs)
            {
                binary += WriteOutput(json, model.Signature.Outputs[output.Index], output, result);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        response.ContentLength = header.Length + binary;
        response.ContentType = "application/json";
        if (request.Outputs.Any(o => o.Binary))
        {
            response.ContentType = "application/octet-stream";
            response.Headers[HeaderLength] = header.Length.ToString(CultureInfo.InvariantCulture);
        }

        response.BodyWriter.Write(header.Bytes.Span);
        foreach (WantedOutput output in request.Outputs)
        {
            if (output.Binary)
            {
                response.BodyWriter.Write(result.Data(output.Index));
            }
        }

        await response.BodyWriter.FlushAsync();
    }

    // How many bytes follow after the JSON.
    private static int WriteOutput(Utf8JsonWriter json, TensorInfo info, WantedOutput output, RunResult result)
    {
        ReadOnlySpan<byte> data = result.Data(output.Index);
        json.WriteStartObject();
        json.WriteString("name"u8, info.Name);
        json.WriteString("datatype"u8, info.Datatype.Name);
        json.WriteStartArray("shape"u8);
        foreach (long size in result.Shape(output.Index))
        {
            json.WriteNumberValue(size);
        }

        json.WriteEndArray();
        if (output.Binary)
        {
            json.WriteStartObject("parameters"u8);
            json.WriteNumber("binary_data_size"u8, data.Length);
            json.WriteEndObject();
        }
        else
        {
            json.WriteStartArray("data"u8);
            WriteNumbers(json, info.Datatype, data);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        return output.Binary ? data.Length : 0;
    }

    private static void WriteNumbers(Utf8JsonWriter json, Datatype datatype, ReadOnlySpan<byte> data)
    {
        switch (datatype.Element)
        {
            case TensorElementType.Bool:
                Each<byte>(data, v => json.WriteBooleanValue(v != 0));
                break;
            case TensorElementType.UInt8:
                Each<byte>(data, v => json.WriteNumberValue((uint)v));
                break;
            case TensorElementType.UInt16:
                Each<ushort>(data, v => json.WriteNumberValue((uint)v));
                break;
            case TensorElementType.UInt32:
                Each<uint>(data, json.WriteNumberValue);
                break;
            case TensorElementType.UInt64:
                Each<ulong>(data, json.WriteNumberValue);
                break;
            case TensorElementType.Int8:
                Each<sbyte>(data, v => json.WriteNumberValue((int)v));
                break;
            case TensorElementType.Int16:
                Each<short>(data, v => json.WriteNumberValue((int)v));
                break;
            case TensorElementType.Int32:
                Each<int>(data, json.WriteNumberValue);
                break;
            case TensorElementType.Int64:
                Each<long>(data, json.WriteNumberValue);
                break;
            case TensorElementType.Float:
                Each<float>(
                    data,
                    v =>
                    {
                        if (float.IsFinite(v))
                        {
                            json.WriteNumberValue(v);
                        }
                        else
                        {
                            json.WriteNullValue();
                        }
                    }
                );
                break;
            case TensorElementType.Double:
                Each<double>(
                    data,
                    v =>
                    {
                        if (double.IsFinite(v))
                        {
                            json.WriteNumberValue(v);
                        }
                        else
                        {
                            json.WriteNullValue();
                        }
                    }
                );
                break;
            default:
                throw new InvalidOperationException($"{datatype.Name} isn't written as JSON.");
        }
    }

    private static void Each<T>(ReadOnlySpan<byte> data, Action<T> write)
        where T : unmanaged
    {
        foreach (T value in MemoryMarshal.Cast<byte, T>(data))
        {
            write(value);
        }
    }
}
