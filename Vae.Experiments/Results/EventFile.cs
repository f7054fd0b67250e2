using System.Globalization;
using Vae.Primitives;

namespace Vae.Experiments.Results;

/// <summary>What TensorBoard reads: events.out.tfevents.SECONDS.HOST, TFRecords of Event messages, appended and flushed one by one.</summary>
/// <remarks>
/// Messages are those of tensorflow/core/util/event.proto and framework/summary.proto. Each process that works on a run writes a
/// file of its own, which sorts after those before it, since TensorBoard reads them in the order of their names. A file cut in the
/// middle of a record holds all records before it.
/// </remarks>
public sealed class EventFile : IDisposable
{
    private const string Prefix = "events.out.tfevents.";

    private readonly TimeProvider clock;
    private readonly FileStream stream;

    private EventFile(string folder, TimeProvider clock)
    {
        this.clock = clock;
        long newest = Directory.EnumerateFiles(folder, Prefix + "*").Select(Seconds).DefaultIfEmpty(0).Max();
        long seconds = Math.Max(clock.GetUtcNow().ToUnixTimeSeconds(), newest + 1);
        string name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{seconds:D10}.{Environment.MachineName}");
        stream = new FileStream(
            Path.Combine(folder, name),
            FileMode.CreateNew,
            FileAccess.Write,
            FileShare.Read,
            bufferSize: 0
        );
        Write(0, e => e.Add(3, "brain.Event:2"));
    }

    /// <summary>Begins a file for numbers that are added to those before.</summary>
    public static EventFile Add(string folder, TimeProvider? clock = null) => new(folder, clock ?? TimeProvider.System);

    /// <summary>Begins the file of a training that goes on after a step; TensorBoard drops what earlier files say of later steps.</summary>
    /// <param name="folder">The run directory.</param>
    /// <param name="step">The last step to keep; -1: none.</param>
    /// <param name="clock">The time of events.</param>
    public static EventFile GoOnAfter(string folder, long step, TimeProvider? clock = null)
    {
        const int Start = 1;
        EventFile file = Add(folder, clock);
        file.Write(step + 1, e => e.Add(7, new ProtobufMessage().Add(1, (long)Start))); // TensorBoard keeps what is before this event's step
        return file;
    }

    /// <summary>A number of a curve.</summary>
    public void Scalar(string tag, long step, double value) =>
        Summary(step, new ProtobufMessage().Add(1, tag).Add(2, (float)value));

    /// <summary>A text in Markdown.</summary>
    public void Text(string tag, long step, string markdown)
    {
        const int String = 7;
        ProtobufMessage metadata = new ProtobufMessage().Add(1, new ProtobufMessage().Add(1, "text"));
        ProtobufMessage tensor = new ProtobufMessage()
            .Add(1, (long)String)
            .Add(2, new ProtobufMessage()) // of no dimensions
            .Add(8, markdown);
        Summary(step, new ProtobufMessage().Add(1, tag).Add(9, metadata).Add(8, tensor));
    }

    /// <summary>A picture, PNG.</summary>
    public void Image(string tag, long step, byte[] png)
    {
        PngImage size = PngReader.Read(png);
        ProtobufMessage image = new ProtobufMessage()
            .Add(1, (long)size.Height)
            .Add(2, (long)size.Width)
            .Add(3, (long)size.Channels)
            .AddBytes(4, png);
        Summary(step, new ProtobufMessage().Add(1, tag).Add(4, image));
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private static long Seconds(string path) =>
        long.TryParse(
            Path.GetFileName(path)[Prefix.Length..].Split('.')[0],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out long seconds
        )
            ? seconds
            : 0;

    private void Summary(long step, ProtobufMessage value) =>
        Write(step, e => e.Add(5, new ProtobufMessage().Add(1, value)));

    private void Write(long step, Func<ProtobufMessage, ProtobufMessage> what)
    {
        double time = clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        ProtobufMessage e = new ProtobufMessage().Add(1, time).Add(2, step);
        stream.Write(RecordFraming.Frame(what(e).ToArray()));
    }
}
