using System.Runtime.InteropServices;
using Vae.Inference.Batching;
using Vae.Inference.Protocol;
using Vae.Inference.Repository;
using Vae.Primitives;

namespace Vae.Inference.Pictures;

/// <summary>Draws with the parts of one model. Random numbers are a function of the seed alone, so that pictures are too.</summary>
/// <remarks>Its runs are computed alone: in a batch with others the last bit of a number could differ, and with it a pixel.</remarks>
internal sealed class Painter
{
    private const string Noise = "eps";
    private const string LabelInput = "label";
    private static readonly string[] known = ["x", "z", Noise, LabelInput];

    private readonly IReadOnlyDictionary<string, ServedModel> parts;
    private readonly int maxBatch;

    public Painter(IReadOnlyDictionary<string, ServedModel> parts, ServiceOptions options)
    {
        this.parts = parts;
        maxBatch = options.MaxBatch;
        Card = parts.Values.First().Card!;
    }

    public ModelCard Card { get; }

    public IReadOnlyDictionary<string, ServedModel> Parts => parts;

    public bool CanSample => Card.Image is not null && CanRun("prior") && CanRun("decoder");

    public bool CanReconstruct => Card.Image is not null && CanRun("reconstruct");

    public int Classes => (int)Card.Classes;

    /// <summary>The shape of its pictures.</summary>
    public ModelCardImage Image =>
        Card.Image
        ?? throw RefusedException.BadRequest($"'{Card.Name}' is no model of pictures; its numbers are at /v2");

    /// <summary>Whether a part is told the class.</summary>
    public bool HearsLabel(string part) => Signature(part).Inputs.Any(i => i.Name == LabelInput);

    /// <summary>E[x | z] for z ~ p(z), the noise scaled by the temperature: [n, D].</summary>
    public async Task<float[]> SamplesAsync(
        int count,
        uint seed,
        float temperature,
        int? label,
        CancellationToken aborted
    )
    {
        float[] noise = Normal("samples", seed, count, NoiseSize("prior"));
        Cool(noise, temperature);
        return await DecodeAsync(await PriorAsync(noise, count, label, aborted), count, label, aborted);
    }

    /// <summary>A round trip through some samples of the noise, along circles, so that every picture on the way is as probable: [n, D].</summary>
    public async Task<float[]> WalkAsync(
        int count,
        int stops,
        uint seed,
        float temperature,
        int? label,
        CancellationToken aborted
    )
    {
        int size = NoiseSize("prior");
        float[] ends = Normal("walk", seed, stops, size);
        var noise = new float[count * size];
        for (int i = 0; i < count; i++)
        {
            double way = (double)i * stops / count;
            int from = (int)way;
            int to = (from + 1) % stops;
            var (sin, cos) = Math.SinCos((way - from) * Math.PI / 2);
            for (int j = 0; j < size; j++)
            {
                noise[i * size + j] = (float)(cos * ends[from * size + j] + sin * ends[to * size + j]);
            }
        }

        Cool(noise, temperature);
        return await DecodeAsync(
            await PriorAsync(noise, count, label ?? FirstClass, aborted),
            count,
            label ?? FirstClass,
            aborted
        );
    }

    /// <summary>A row for each of the first latent dimensions, which goes from −range to range while the others stay at a sample: [dimensions · steps, D].</summary>
    public async Task<float[]> TraverseAsync(
        int dimensions,
        int steps,
        float range,
        uint seed,
        int? label,
        CancellationToken aborted
    )
    {
        label ??= FirstClass;
        float[] start = await PriorAsync(Normal("traverse", seed, 1, NoiseSize("prior")), 1, label, aborted);
        var z = new float[dimensions * steps * start.Length];
        for (int i = 0; i < dimensions * steps; i++)
        {
            start.CopyTo(z, i * start.Length);
            z[i * start.Length + i / steps] = steps == 1 ? 0 : range * (2f * (i % steps) / (steps - 1) - 1);
        }

        return await DecodeAsync(z, dimensions * steps, label, aborted);
    }

    /// <summary>E[x | z] for some z ~ q(z | x): [n, D].</summary>
    public Task<float[]> ReconstructAsync(float[] x, int count, uint seed, int? label, CancellationToken aborted)
    {
        float[] each = [.. Enumerable.Repeat(x, count).SelectMany(v => v)];
        return RunAsync(
            "reconstruct",
            "mean",
            count,
            label,
            new() { ["x"] = each, [Noise] = Normal("reconstruct", seed, count, NoiseSize("reconstruct")) },
            aborted
        );
    }

    private int? FirstClass => Classes > 0 ? 0 : null;

    private Task<float[]> PriorAsync(float[] noise, int count, int? label, CancellationToken aborted) =>
        RunAsync("prior", "z", count, label, new() { [Noise] = noise }, aborted);

    private Task<float[]> DecodeAsync(float[] z, int count, int? label, CancellationToken aborted) =>
        RunAsync("decoder", "mean", count, label, new() { ["z"] = z }, aborted);

    // Inputs are [count, ...]; the label is that one, or each in turn.
    private async Task<float[]> RunAsync(
        string part,
        string output,
        int count,
        int? label,
        Dictionary<string, float[]> inputs,
        CancellationToken aborted
    )
    {
        ModelSignature signature = Signature(part);
        if (HearsLabel(part))
        {
            inputs[LabelInput] = OneHot(count, label);
        }

        int wanted = ModelSignature.Find(signature.Outputs, output);
        if (wanted < 0 || signature.Inputs.Any(i => !inputs.ContainsKey(i.Name)))
        {
            throw RefusedException.BadRequest(
                $"no pictures are drawn with '{parts[part].Name}', which has {string.Join(", ", signature.Inputs)}; its numbers are at /v2"
            );
        }

        var all = new List<float>(count);
        for (int first = 0; first < count; first += maxBatch)
        {
            int rows = Math.Min(maxBatch, count - first);
            Tensor[] tensors = [.. signature.Inputs.Select(i => Rows(inputs[i.Name], count, first, rows))];
            var work = new Work(tensors, rows, [new WantedOutput(wanted, false)], alone: true);
            using RunResult result = await parts[part].RunAsync(work, null, aborted);
            all.AddRange(MemoryMarshal.Cast<byte, float>(result.Data(wanted)));
        }

        return [.. all];
    }

    private ModelSignature Signature(string part) =>
        parts.TryGetValue(part, out ServedModel? model)
            ? model.Signature
            : throw RefusedException.NotFound(
                $"'{Card.Name}' has no part '{part}'; it has {string.Join(", ", parts.Keys)}"
            );

    private bool CanRun(string part) =>
        parts.TryGetValue(part, out ServedModel? model) && model.Signature.Inputs.All(i => known.Contains(i.Name));

    private int NoiseSize(string part) =>
        Signature(part).Inputs.FirstOrDefault(i => i.Name == Noise) is { } noise
            ? (int)noise.RowLength
            : throw RefusedException.BadRequest($"'{parts[part].Name}' takes no noise");

    private static Tensor Rows(float[] numbers, int count, int first, int rows)
    {
        int size = numbers.Length / count;
        return Tensor.Of(numbers[(first * size)..((first + rows) * size)], rows);
    }

    private float[] OneHot(int count, int? label)
    {
        var labels = new float[count * Classes];
        for (int i = 0; i < count; i++)
        {
            labels[i * Classes + (label ?? i % Classes)] = 1;
        }

        return labels;
    }

    private static float[] Normal(string purpose, uint seed, int count, int size)
    {
        var key = new PhiloxKey(seed, Philox.StreamOf(purpose));
        var noise = new float[count * size];
        for (int i = 0; i < noise.Length; i++)
        {
            noise[i] = Philox.Normal(key, 0, (uint)(i / size), 0, (uint)(i % size));
        }

        return noise;
    }

    // What lies beyond the latent dimensions chooses a mixture's component, and has no temperature.
    private void Cool(float[] noise, float temperature)
    {
        int size = NoiseSize("prior");
        for (int i = 0; i < noise.Length; i++)
        {
            noise[i] *= i % size < Card.Latent ? temperature : 1;
        }
    }
}
