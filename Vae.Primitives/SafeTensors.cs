using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using static Vae.Primitives.SafeTensorFormat;

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
    private static readonly JsonWriterOptions compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
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
    public static SafeTensorFile Read(string path) => SafeTensorReader.Read(path);

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
}
