using System.Buffers.Binary;
using System.Numerics;

namespace Vae.Experiments.Results;

/// <summary>A record of a TFRecord file: length [8], its check [4], data, its check [4], little-endian.</summary>
/// <remarks>
/// A check is CRC-32C (Castagnoli; RFC 3720, appendix B.4), masked, since CRCs of data that holds CRCs are poor:
/// rotated right by 15 bits, plus 0xA282EAD8.
/// </remarks>
public static class RecordFraming
{
    private const int Length = 8;
    private const int Check = 4;
    private const uint MaskDelta = 0xA282EAD8;

    /// <summary>The record that holds the data.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> data)
    {
        var record = new byte[Length + Check + data.Length + Check];
        Span<byte> header = record.AsSpan(0, Length);
        BinaryPrimitives.WriteInt64LittleEndian(header, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(Length), Masked(Crc32C(header)));
        data.CopyTo(record.AsSpan(Length + Check));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(Length + Check + data.Length), Masked(Crc32C(data)));
        return record;
    }

    /// <summary>CRC-32C of the bytes.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }

    private static uint Masked(uint crc) => BitOperations.RotateRight(crc, 15) + MaskDelta;
}
