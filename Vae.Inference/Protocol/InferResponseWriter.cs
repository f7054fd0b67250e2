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

    // Numbers that are written before the answer so far is sent.
    private const int Slice = 4096;

    // Bytes of numbers up to which JSON is sent as a whole.
    private const int Small = 16 << 10;

    public static Task WriteAsync(HttpResponse response, ServedModel model, InferRequest request, RunResult result) =>
        request.Outputs.Any(o => o.Binary) || request.Outputs.Sum(o => (long)result.Data(o.Index).Length) <= Small
            ? WholeAsync(response, model, request, result)
            : AsItComesAsync(response, model, request, result);

    // What is long in JSON never lies in memory as a whole.
    private static async Task AsItComesAsync(
        HttpResponse response,
        ServedModel model,
        InferRequest request,
        RunResult result
    )
    {
        response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(response.BodyWriter);
        Begin(json, model, request);
        foreach (WantedOutput output in request.Outputs)
        {
            TensorInfo info = model.Signature.Outputs[output.Index];
            BeginOutput(json, info, output, result);
            json.WriteStartArray("data"u8);
            int slice = Slice * info.Datatype.Size;
            for (int at = 0; at < result.Data(output.Index).Length; at += slice)
            {
                ReadOnlySpan<byte> rest = result.Data(output.Index)[at..];
                WriteNumbers(json, info.Datatype, rest[..Math.Min(slice, rest.Length)]);
                json.Flush();
                await response.BodyWriter.FlushAsync();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        End(json);
    }

    // Headers say how long it is, and how long the JSON before the bytes, which must therefore be whole before anything is sent.
    private static async Task WholeAsync(
        HttpResponse response,
        ServedModel model,
        InferRequest request,
        RunResult result
    )
    {
        using var header = new PooledBuffer(512);
        long binary = 0;
        await using (var json = new Utf8JsonWriter(header))
        {
            Begin(json, model, request);
            foreach (WantedOutput output in request.Outputs)
            {
                TensorInfo info = model.Signature.Outputs[output.Index];
                ReadOnlySpan<byte> data = result.Data(output.Index);
                BeginOutput(json, info, output, result);
                if (output.Binary)
                {
                    json.WriteStartObject("parameters"u8);
                    json.WriteNumber("binary_data_size"u8, data.Length);
                    json.WriteEndObject();
                    binary += data.Length;
                }
                else
                {
                    json.WriteStartArray("data"u8);
                    WriteNumbers(json, info.Datatype, data);
                    json.WriteEndArray();
                }

                json.WriteEndObject();
            }

            End(json);
        }

        response.ContentLength = header.Length + binary;
        response.ContentType = "application/json";
        if (request.Outputs.Any(o => o.Binary))
        {
            response.ContentType = "application/octet-stream";
            response.Headers[HeaderLength] = header.Length.ToString(CultureInfo.InvariantCulture);
        }

        response.BodyWriter.Write(header.Bytes.Span);
        foreach (WantedOutput output in request.Outputs.Where(o => o.Binary))
        {
            response.BodyWriter.Write(result.Data(output.Index));
        }

        await response.BodyWriter.FlushAsync();
    }

    private static void Begin(Utf8JsonWriter json, ServedModel model, InferRequest request)
    {
        json.WriteStartObject();
        json.WriteString("model_name"u8, model.Name);
        json.WriteString("model_version"u8, model.VersionText);
        if (request.Id is not null)
        {
            json.WriteString("id"u8, request.Id);
        }

        json.WriteStartArray("outputs"u8);
    }

    private static void BeginOutput(Utf8JsonWriter json, TensorInfo info, WantedOutput output, RunResult result)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, info.Name);
        json.WriteString("datatype"u8, info.Datatype.Name);
        json.WriteStartArray("shape"u8);
        foreach (long size in result.Shape(output.Index))
        {
            json.WriteNumberValue(size);
        }

        json.WriteEndArray();
    }

    private static void End(Utf8JsonWriter json)
    {
        json.WriteEndArray();
        json.WriteEndObject();
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
