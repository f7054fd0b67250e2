using System.Globalization;
using System.Text;

namespace Vae.Experiments.Results;

/// <summary>run.log: a line per event, with the UTC time, appended and flushed; open in one process at a time.</summary>
public sealed class RunLog : IDisposable
{
    private readonly TimeProvider clock;
    private readonly StreamWriter writer;

    /// <summary>Opens the log to append to it.</summary>
    public RunLog(string path, TimeProvider? clock = null)
    {
        this.clock = clock ?? TimeProvider.System;
        var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false))
        {
            AutoFlush = true,
            NewLine = "\n",
        };
    }

    /// <summary>Appends one line; line breaks inside the message are indented, so that each event begins with its time.</summary>
    public void Write(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var time = clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        writer.WriteLine($"{time} {message.ReplaceLineEndings("\n    ")}");
    }

    /// <inheritdoc/>
    public void Dispose() => writer.Dispose();
}
