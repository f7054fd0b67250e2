using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Vae.Primitives;

namespace Vae.Load;

/// <summary>A model of FP32 tensors under load: rows of inputs, and what it makes of each, asked for once, row by row, beforehand.</summary>
internal sealed class Subject
{
    private const int Pool = 256;
    public const string HeaderLengthName = "Inference-Header-Content-Length";
    private const float Tolerance = 1e-4f;
    private readonly string path;
    private readonly List<(string Name, float[][] Rows)> inputs = [];
    private readonly float[][] expected = new float[Pool][];
    private readonly byte[]?[] oneRow = new byte[Pool][];

    private Subject(string name) => path = $"/v2/models/{name}/infer";

    /// <summary>The answer to the first row, in bytes, and how many of them are JSON.</summary>
    public (byte[] Body, int JsonLength) FirstAnswer { get; private set; }

    public static async Task<Subject> CreateAsync(HttpClient client, string name)
    {
        var subject = new Subject(name);
        using JsonDocument metadata = JsonDocument.Parse(await client.GetByteArrayAsync($"/v2/models/{name}"));
        foreach (JsonElement input in metadata.RootElement.GetProperty("inputs").EnumerateArray())
        {
            int width = input
                .GetProperty("shape")
                .EnumerateArray()
                .Skip(1)
                .Aggregate(1, (n, size) => n * size.GetInt32());
            string inputName = input.GetProperty("name").GetString()!;
            var key = new PhiloxKey(1, Philox.StreamOf(inputName));
            subject.inputs.Add(
                (
                    inputName,
                    [
                        .. Enumerable
                            .Range(0, Pool)
                            .Select(row =>
                                Enumerable
                                    .Range(0, width)
                                    .Select(i => Philox.Normal(key, 0, (uint)row, 0, (uint)i))
                                    .ToArray()
                            ),
                    ]
                )
            );
        }

        for (int row = 0; row < Pool; row++)
        {
            using HttpResponseMessage answer = await client.SendAsync(subject.Binary(row, 1));
            byte[] bytes = await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
            subject.expected[row] = Numbers(bytes, HeaderLength(answer)).ToArray();
            subject.FirstAnswer = row == 0 ? (bytes, HeaderLength(answer)) : subject.FirstAnswer;
        }

        return subject;
    }

    /// <summary>A request of one row, both ways in bytes, for a <see cref="Wire"/>; put together once.</summary>
    public byte[] OneRow(int row)
    {
        if (oneRow[row % Pool] is { } known)
        {
            return known;
        }

        var (body, jsonLength) = BinaryBody(row, 1);
        return oneRow[row % Pool] = Wire.Request(path, body, jsonLength);
    }

    /// <summary>Whether an answer to a request of one row has what it should give, in float's accuracy.</summary>
    public bool IsRight((int Status, ReadOnlyMemory<byte> Body, int JsonLength) answer, int row) =>
        answer.Status == 200 && AreClose(Numbers(answer.Body.Span, answer.JsonLength), expected[row % Pool]);

    /// <summary>A request of some rows, both ways in bytes.</summary>
    public HttpRequestMessage Binary(int first, int rows)
    {
        var (body, jsonLength) = BinaryBody(first, rows);
        var message = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        message.Headers.Add(HeaderLengthName, jsonLength);
        return message;
    }

    private (byte[] Body, string JsonLength) BinaryBody(int first, int rows)
    {
        byte[][] data =
        [
            .. inputs.Select(input =>
                MemoryMarshal.AsBytes(Rows(first, rows).SelectMany(r => input.Rows[r]).ToArray().AsSpan()).ToArray()
            ),
        ];
        var header = new StringBuilder("{\"parameters\":{\"binary_data_output\":true},\"inputs\":[");
        for (int i = 0; i < inputs.Count; i++)
        {
            header.Append(
                CultureInfo.InvariantCulture,
                $"{(i > 0 ? "," : "")}{{\"name\":\"{inputs[i].Name}\",\"shape\":[{rows},{inputs[i].Rows[0].Length}],\"datatype\":\"FP32\",\"parameters\":{{\"binary_data_size\":{data[i].Length}}}}}"
            );
        }

        byte[] json = Encoding.UTF8.GetBytes(header.Append("]}").ToString());
        return ([.. json, .. data.SelectMany(d => d)], json.Length.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A request of some rows, both ways in JSON.</summary>
    public HttpRequestMessage Json(int first, int rows)
    {
        var body = new
        {
            inputs = inputs.Select(input => new
            {
                name = input.Name,
                shape = new[] { rows, input.Rows[0].Length },
                datatype = "FP32",
                data = Rows(first, rows).Select(r => input.Rows[r]),
            }),
        };
        return new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body)),
        };
    }

    /// <summary>Whether an answer has what these rows should give, in float's accuracy.</summary>
    public async Task<bool> IsRightAsync(HttpResponseMessage answer, int first, int rows)
    {
        byte[] bytes = await answer.Content.ReadAsByteArrayAsync();
        if (!answer.IsSuccessStatusCode)
        {
            return false;
        }

        float[][] outputs =
            answer.Content.Headers.ContentType?.MediaType == "application/json"
                ? FromJson(bytes)
                : Split(
                    Numbers(bytes, HeaderLength(answer)),
                    rows,
                    expected[0].Length,
                    Widths(bytes, HeaderLength(answer))
                );
        int[] which = [.. Rows(first, rows)];
        int at = 0;
        foreach (float[] output in outputs)
        {
            int width = output.Length / rows;
            for (int row = 0; row < rows; row++)
            {
                if (!AreClose(output.AsSpan(row * width, width), expected[which[row]].AsSpan(at, width)))
                {
                    return false;
                }
            }

            at += width;
        }

        return at == expected[0].Length;
    }

    private static bool AreClose(ReadOnlySpan<float> given, ReadOnlySpan<float> wanted)
    {
        if (given.Length != wanted.Length)
        {
            return false;
        }

        for (int i = 0; i < wanted.Length; i++)
        {
            if (!(Math.Abs(given[i] - wanted[i]) <= Tolerance * Math.Max(1, Math.Abs(wanted[i]))))
            {
                return false;
            }
        }

        return true;
    }

    private static IEnumerable<int> Rows(int first, int rows) => Enumerable.Range(first, rows).Select(r => r % Pool);

    private static int HeaderLength(HttpResponseMessage answer) =>
        int.Parse(answer.Headers.GetValues(HeaderLengthName).Single(), CultureInfo.InvariantCulture);

    private static ReadOnlySpan<float> Numbers(ReadOnlySpan<byte> bytes, int header) =>
        MemoryMarshal.Cast<byte, float>(bytes[header..]);

    private static int[] Widths(byte[] bytes, int header)
    {
        using JsonDocument document = JsonDocument.Parse(bytes.AsMemory(0, header));
        return
        [
            .. document
                .RootElement.GetProperty("outputs")
                .EnumerateArray()
                .Select(o => o.GetProperty("shape").EnumerateArray().Skip(1).Aggregate(1, (n, s) => n * s.GetInt32())),
        ];
    }

    private static float[][] Split(ReadOnlySpan<float> numbers, int rows, int total, int[] widths)
    {
        if (numbers.Length != rows * total)
        {
            return [];
        }

        var outputs = new float[widths.Length][];
        int at = 0;
        for (int i = 0; i < widths.Length; i++)
        {
            outputs[i] = numbers.Slice(at, rows * widths[i]).ToArray();
            at += rows * widths[i];
        }

        return outputs;
    }

    private static float[][] FromJson(byte[] bytes)
    {
        using JsonDocument document = JsonDocument.Parse(bytes);
        return
        [
            .. document
                .RootElement.GetProperty("outputs")
                .EnumerateArray()
                .Select(o => o.GetProperty("data").EnumerateArray().Select(v => v.GetSingle()).ToArray()),
        ];
    }
}
