using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using static Vae.Primitives.SafeTensorFormat;

namespace Vae.Primitives;

/// <summary>The reading half of <see cref="SafeTensors"/>: believes nothing that it hasn't checked.</summary>
internal static class SafeTensorReader
{
    private const long MaxHeader = 100_000_000; // as in the reference implementation

    private static readonly JsonDocumentOptions strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

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

    private static void Require(bool holds, string reason)
    {
        if (!holds)
        {
            throw new InvalidDataException(reason);
        }
    }
}
