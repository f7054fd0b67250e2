using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Vae.Primitives;

namespace Vae.Experiments.Results;

/// <summary>The live record of a run: journal.jsonl, one row per line, flushed as it is written. Parquet is made from it.</summary>
/// <remarks>
/// A run that is killed in the middle of a line leaves a torn last line; it is not a row, and opening the journal cuts it off.
/// Doubles round-trip exactly; NaN and the infinities are the strings "NaN", "Infinity" and "-Infinity".
/// </remarks>
public sealed class Journal : IDisposable
{
    private static readonly JsonSerializerOptions json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectRequiredConstructorParameters = true,
    };

    private readonly string path;
    private FileStream stream;

    private Journal(string path)
    {
        this.path = path;
        stream = OpenAtEnd(path);
    }

    /// <summary>Opens the journal to append to it; makes it if it isn't there.</summary>
    public static Journal Open(string path)
    {
        var whole = WholeLines(path).Sum(line => line.Length + 1L);
        var journal = new Journal(path);
        journal.stream.SetLength(whole);
        journal.stream.Seek(0, SeekOrigin.End);
        return journal;
    }

    /// <summary>The rows of a journal that somebody else may be writing.</summary>
    public static IReadOnlyList<IJournalRow> Read(string path) =>
        [.. WholeLines(path).Select((line, index) => Parse(line, path, index + 1))];

    /// <summary>The rows so far.</summary>
    public IReadOnlyList<IJournalRow> Read() => Read(path);

    /// <summary>Appends a row: from here on it survives the end of this process.</summary>
    public void Append(IJournalRow row)
    {
        stream.Write(Line(row));
        stream.Flush();
    }

    /// <summary>Puts everything appended onto the disk: from here on it survives a power cut.</summary>
    public void Checkpoint() => stream.Flush(flushToDisk: true);

    /// <summary>Drops the rows of later steps: a resumed run measures them again.</summary>
    public void TruncateAfter(long step)
    {
        var kept = Read().Where(row => row.Step <= step).ToList();
        stream.Dispose();
        AtomicFile.Write(path, file => kept.ForEach(row => file.Write(Line(row))));
        stream = OpenAtEnd(path);
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private static FileStream OpenAtEnd(string path)
    {
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        stream.Seek(0, SeekOrigin.End);
        return stream;
    }

    private static byte[] Line(IJournalRow row) => [.. JsonSerializer.SerializeToUtf8Bytes(row, json), (byte)'\n'];

    /// <summary>The lines that end with a newline, without it.</summary>
    private static List<byte[]> WholeLines(string path)
    {
        var lines = new List<byte[]>();
        if (!File.Exists(path))
        {
            return lines;
        }
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var memory = new MemoryStream();
        file.CopyTo(memory);
        var rest = memory.ToArray().AsSpan();
        for (var end = rest.IndexOf((byte)'\n'); end >= 0; end = rest.IndexOf((byte)'\n'))
        {
            lines.Add(rest[..end].ToArray());
            rest = rest[(end + 1)..];
        }
        return lines;
    }

    private static IJournalRow Parse(byte[] line, string path, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<IJournalRow>(line, json) ?? throw new JsonException("null is no row");
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            var text = Encoding.UTF8.GetString(line.AsSpan(0, Math.Min(line.Length, 80)));
            throw new ExperimentException(ExitCode.Failure, $"{path}:{number}: not a line of a journal: {text}", error);
        }
    }
}
