using System.Globalization;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Vae.Inference.Batching;
using Vae.Inference.Observing;
using Vae.Inference.Protocol;
using Vae.Primitives;

namespace Vae.Inference.Repository;

/// <summary>A version of a model that is loaded, warmed up and takes requests.</summary>
internal sealed class ServedModel : IDisposable
{
    private readonly InferenceSession session;
    private readonly Runner runner;
    private readonly Batcher batcher;
    private volatile KnownRequest? lastRequest;

    private ServedModel(ModelFile file, InferenceSession session, ModelCard? card, ServiceOptions options)
    {
        this.session = session;
        (Name, Version, Card) = (file.Name, file.Version, card);
        VersionText = file.Version.ToString(CultureInfo.InvariantCulture);
        Signature = ModelSignature.Of(session);
        runner = new Runner(session, Signature);
        WarmUp(options.MaxBatch);
        batcher = new Batcher($"{Name}/{VersionText}", runner, Signature.Batches, options, Statistics);
    }

    public string Name { get; }

    public int Version { get; }

    public string VersionText { get; }

    public ModelSignature Signature { get; }

    /// <summary>Where it comes from; null where no card lies beside it.</summary>
    public ModelCard? Card { get; }

    public ModelStatistics Statistics { get; } = new();

    public int Pending => batcher.Pending;

    /// <summary>Loads and tries it.</summary>
    /// <exception cref="InvalidDataException">The file can't be served; the sentence says why.</exception>
    public static ServedModel Load(ModelFile file, ServiceOptions options)
    {
        byte[] bytes = file.Read();
        if (ExternalData.IsIn(bytes))
        {
            throw new InvalidDataException("some of its numbers lie in other files, which aren't read");
        }

        ModelCard? card = ReadCard(Path.Combine(Path.GetDirectoryName(file.Path)!, ModelCard.FileName));
        InferenceSession? session = null;
        try
        {
            using SessionOptions sessionOptions = SessionSettings.Create(options);
            session = new InferenceSession(bytes, sessionOptions);
            return new ServedModel(file, session, card, options);
        }
        catch (Exception e)
        {
            session?.Dispose();
            throw e is OnnxRuntimeException ? new InvalidDataException(e.Message, e) : e;
        }
    }

    /// <summary>Reads the body of a request; one with the JSON of the one before is known already.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="headerLength">Of its JSON; null: it is nothing else.</param>
    /// <param name="maxRows">The largest batch.</param>
    public InferRequest Read(ReadOnlyMemory<byte> body, int? headerLength, int maxRows)
    {
        if (headerLength is { } length && lastRequest?.Again(body, length) is { } known)
        {
            return known;
        }

        InferRequest request = InferRequestReader.Read(body, headerLength, Signature, maxRows);
        lastRequest = headerLength is { } json ? KnownRequest.Of(body, json, request, Signature) : lastRequest;
        return request;
    }

    /// <summary>Queues a request and waits for its result, which the caller disposes.</summary>
    public Task<RunResult> RunAsync(Work work, TimeSpan? timeout, CancellationToken aborted) =>
        batcher.RunAsync(work, timeout, aborted);

    // The first runs plan and allocate: not on a client's time. A model with other free axes may not take a size of 1: it isn't tried.
    private void WarmUp(int maxBatch)
    {
        if (Signature.Inputs.Any(i => i.Shape.Skip(i.Batched ? 1 : 0).Any(size => size < 0)))
        {
            return;
        }

        WantedOutput[] all = [.. Signature.Outputs.Select((_, i) => new WantedOutput(i, false))];
        foreach (int rows in Signature.Batches && maxBatch > 1 ? new[] { 1, maxBatch } : [1])
        {
            Tensor[] zeros = [.. Signature.Inputs.Select(i => Zeros(i, rows))];
            using var result = new RunResult(runner.Run([new Work(zeros, rows, all)]), 0, rows);
            foreach (var (i, info) in Signature.Outputs.Index().Where(_ => Signature.Batches))
            {
                if (result.Data(i).Length != rows * info.RowLength * info.Datatype.Size)
                {
                    throw new InvalidDataException(
                        $"its output '{info.Name}' doesn't have {rows} rows for {rows} rows of input"
                    );
                }
            }
        }
    }

    private static Tensor Zeros(TensorInfo info, int rows)
    {
        long[] shape = info.Batched ? [rows, .. info.Shape.Skip(1)] : [.. info.Shape];
        return new Tensor(shape, new byte[shape.Aggregate(1L, (a, b) => a * b) * info.Datatype.Size]);
    }

    private static ModelCard? ReadCard(string path)
    {
        try
        {
            return File.Exists(path) ? ModelCard.Parse(File.ReadAllText(path)) : null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"its {ModelCard.FileName} can't be read: {e.Message}", e);
        }
    }

    /// <summary>Finishes what waits, and frees the session.</summary>
    public void Dispose()
    {
        batcher.Dispose();
        runner.Dispose();
        session.Dispose();
    }
}
