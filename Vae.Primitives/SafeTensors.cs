using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vae.Primitives;

/// <summary>The safetensors format (github.com/huggingface/safetensors), sealed: its last tensor is a hash of all before it.</summary>
/// <remarks>
/// File = header's length (8 bytes, little-endian), header (JSON, padded with spaces to a multiple of 8), data without holes.
/// The last tensor, <c>sha256</c> (U8 [32]), is the SHA-256 of every byte of the file before its own 32 bytes.
/// Other programs read such a file as any other; this reader refuses a file whose seal is missing or broken.
/// Equal tensors and metadata give equal bytes.
/// </remarks>
public static class SafeTensors
{
    private const string SealName = "sha256";
    private const string MetadataName = "__metadata__";
    private const long MaxHeader = 100_000_000; // as in the reference implementation

    private static readonly JsonWriterOptions compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };
    private static readonly UTF8Encoding strictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Writes the tensors in the given order, the metadata sorted by key, and the seal.</summary>
    public static void Write(
        Stream stream,
        IReadOnlyList<SafeTensor> tensors,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(metadata);
        Check(tensors, metadata);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(Header(tensors, metadata));
        foreach (var tensor in tensors)
        {
            Append(tensor.Data.Span);
        }
        stream.Write(hash.GetHashAndReset());

        void Append(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(bytes);
            stream.Write(bytes);
        }
    }

    /// <summary>Reads a file that <see cref="Write"/> made, and verifies its structure and its seal.</summary>
    /// <exception cref="CorruptFileException">Anything about the content is off.</exception>
    public static SafeTensorFile Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read);
        try
        {
            return Read(stream);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new CorruptFileException(path, e.Message, e);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string in the header that isn't Unicode.
            throw new CorruptFileException(path, $"the header isn't valid JSON: {e.Message}", e);
        }
    }

    private static SafeTensorFile Read(FileStream stream)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var room = stream.Length - sizeof(ulong);
        Require(room >= 0, $"{stream.Length} bytes are too short for a safetensors file");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(Next(sizeof(ulong)));
        Require(
            length <= (ulong)Math.Min(room, MaxHeader),
            $"the header's length, {length}, goes past the end of the file or beyond {MaxHeader}"
        );
        var (entries, metadata) = ParseHeader(Next((long)length), room - (long)length);
        var tensors = new List<SafeTensor>(entries.Count);
        foreach (var (name, dtype, shape, size) in entries.SkipLast(1))
        {
            tensors.Add(new SafeTensor(name, dtype, shape, Next(size)));
        }
        var expected = hash.GetHashAndReset();
        Require(
            expected.AsSpan().SequenceEqual(Next(expected.Length)),
            "the seal is broken: the content was changed or damaged"
        );
        return new SafeTensorFile(tensors, metadata);

        byte[] Next(long count)
        {
            var bytes = new byte[count];
            stream.ReadExactly(bytes);
            hash.AppendData(bytes);
            return bytes;
        }
    }

    private sealed record Entry(string Name, string DType, IReadOnlyList<long> Shape, long Size);

    private static (List<Entry>, Dictionary<string, string>) ParseHeader(byte[] header, long dataLength)
    {
        Require(header.Length > 0 && header[0] == '{', "the header doesn't begin with '{'");
        using var json = JsonDocument.Parse(header, strict);
        var entries = new List<Entry>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var position = 0L;
        foreach (var property in json.RootElement.EnumerateObject())
        {
            if (property.Name == MetadataName)
            {
                Require(property.Value.ValueKind == JsonValueKind.Object, "the metadata isn't a JSON object");
                foreach (var item in property.Value.EnumerateObject())
                {
                    metadata.Add(item.Name, StringOf(item.Value, item.Name));
                }
                continue;
            }
            var entry = ParseEntry(property.Name, property.Value, position);
            Require(entry.Size <= dataLength - position, $"tensor '{entry.Name}' goes past the end of the file");
            Require(entry.Size <= Array.MaxLength, $"tensor '{entry.Name}' is larger than {Array.MaxLength} bytes");
            position += entry.Size;
            entries.Add(entry);
        }
        Require(position == dataLength, $"the tensors have {position} bytes, the file has {dataLength} for them");
        Require(
            entries.Count > 0 && entries[^1] is { Name: SealName, DType: "U8", Shape: [SHA256.HashSizeInBytes] },
            $"there is no seal: the last tensor must be '{SealName}', U8 [{SHA256.HashSizeInBytes}]"
        );
        return (entries, metadata);
    }

    private static Entry ParseEntry(string name, JsonElement value, long position)
    {
        var dtype = StringOf(Member("dtype"), $"{name}.dtype");
        var shape = IntegersOf(Member("shape"), $"{name}.shape");
        var offsets = IntegersOf(Member("data_offsets"), $"{name}.data_offsets");
        Require(ByteSize(dtype) > 0, $"tensor '{name}' has the unknown dtype '{dtype}'; known: {KnownTypes}");
        var size = ByteCount(dtype, shape);
        Require(
            size is not null && offsets.Count == 2 && offsets[0] == position && offsets[1] - position == size,
            $"tensor '{name}', {dtype} {Text(shape)}, has the offsets {Text(offsets)}; it begins at {position}"
        );
        return new Entry(name, dtype, shape, size!.Value);

        JsonElement Member(string key)
        {
            JsonElement member = default;
            Require(
                value.ValueKind == JsonValueKind.Object && value.TryGetProperty(key, out member),
                $"tensor '{name}' has no {key}"
            );
            return member;
        }
    }

    private static string StringOf(JsonElement value, string what)
    {
        Require(value.ValueKind == JsonValueKind.String, $"'{what}' isn't a string");
        return value.GetString()!;
    }

    private static List<long> IntegersOf(JsonElement value, string what)
    {
        Require(value.ValueKind == JsonValueKind.Array, $"'{what}' isn't a list");
        var integers = new List<long>();
        foreach (var item in value.EnumerateArray())
        {
            var integer = -1L;
            Require(
                item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out integer) && integer >= 0,
                $"'{what}' holds {item.GetRawText()}, which isn't a size"
            );
            integers.Add(integer);
        }
        return integers;
    }

    private static void Check(IReadOnlyList<SafeTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { SealName, MetadataName };
        foreach (var (name, dtype, shape, data) in tensors)
        {
            Unless(names.Add(name), $"The tensor name '{name}' is taken.");
            Unless(ByteSize(dtype) > 0, $"Tensor '{name}' has the unknown dtype '{dtype}'; known: {KnownTypes}.");
            Unless(
                ByteCount(dtype, shape) == data.Length,
                $"Tensor '{name}', {dtype} {Text(shape)}, doesn't have {data.Length} bytes."
            );
        }
        foreach (var text in names.Concat(metadata.Keys).Concat(metadata.Values))
        {
            _ = strictUtf8.GetByteCount(text); // a lone surrogate would come back as another character
        }

        static void Unless(bool holds, string message)
        {
            if (!holds)
            {
                throw new ArgumentException(message, nameof(tensors));
            }
        }
    }

    // The header with its length before it and its padding behind it.
    private static byte[] Header(IReadOnlyList<SafeTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        buffer.Write(new byte[sizeof(ulong)]);
        using (var json = new Utf8JsonWriter(buffer, compact))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject(MetadataName);
                foreach (var (key, value) in metadata.OrderBy(item => item.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }
                json.WriteEndObject();
            }
            var position = 0L;
            foreach (var (name, dtype, shape, data) in tensors)
            {
                WriteEntry(json, name, dtype, shape, position, position += data.Length);
            }
            WriteEntry(json, SealName, "U8", [SHA256.HashSizeInBytes], position, position + SHA256.HashSizeInBytes);
            json.WriteEndObject();
        }
        while (buffer.Length % sizeof(ulong) != 0)
        {
            buffer.WriteByte((byte)' ');
        }
        var header = buffer.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - sizeof(ulong));
        return header;
    }

    private static void WriteEntry(
        Utf8JsonWriter json,
        string name,
        string dtype,
        IReadOnlyList<long> shape,
        long begin,
        long end
    )
    {
        json.WriteStartObject(name);
        json.WriteString("dtype", dtype);
        WriteIntegers("shape", shape);
        WriteIntegers("data_offsets", [begin, end]);
        json.WriteEndObject();

        void WriteIntegers(string key, IReadOnlyList<long> integers)
        {
            json.WriteStartArray(key);
            foreach (var integer in integers)
            {
                json.WriteNumberValue(integer);
            }
            json.WriteEndArray();
        }
    }

    private const string KnownTypes = "F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL";

    private static int ByteSize(string dtype) =>
        dtype switch
        {
            "F64" or "I64" => 8,
            "F32" or "I32" => 4,
            "F16" or "BF16" or "I16" => 2,
            "I8" or "U8" or "BOOL" => 1,
            _ => 0,
        };

    // Null where a size is negative or the product doesn't fit.
    private static long? ByteCount(string dtype, IReadOnlyList<long> shape)
    {
        Int128 count = ByteSize(dtype);
        foreach (var size in shape)
        {
            count *= size;
            if (size < 0 || count > long.MaxValue)
            {
                return null;
            }
        }
        return (long)count;
    }

    private static string Text(IReadOnlyList<long> integers) =>
        $"[{string.Join(", ", integers.Select(i => i.ToString(CultureInfo.InvariantCulture)))}]";

    private static void Require(bool holds, string reason)
    {
        if (!holds)
        {
            throw new InvalidDataException(reason);
        }
    }
}
