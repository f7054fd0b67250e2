using Vae.Core.Graphs;
using Vae.Core.Models;
using Vae.Primitives;
using Vae.Torch;

namespace Vae.Core.Estimators;

/// <summary>Draws K log-weights for each example of a batch in pieces that fit in memory, and sums them up as they come.</summary>
/// <remarks>
/// Sample k of example i is the same number whatever the pieces are, since its noise is a function of (seed, step, i, k) alone.
/// A piece has at most <c>rowsAtOnce</c> samples of z: some examples with all their samples, or one example with some of them.
/// x: [B, D], examples: [B] (each example's number) → B summaries.
/// </remarks>
public sealed class ImportanceSampling(LatentVariableModel model, PhiloxKey key, long rowsAtOnce = 2048)
{
    private readonly TensorGraph graph = new();
    private readonly long rowsAtOnce =
        rowsAtOnce >= 1
            ? Math.Max(1, rowsAtOnce / SamplesInARow(model))
            : throw new ArgumentOutOfRangeException(nameof(rowsAtOnce), rowsAtOnce, "at least 1");

    // A model that sums out a class has a sample for each.
    private static long SamplesInARow(LatentVariableModel model) =>
        model.LabelUse == LabelUse.Always ? 1 : Math.Max(1, model.Classes);

    /// <summary>Memory for a sample of z of an example of its own while its weight is computed, in bytes, with all that lies between.</summary>
    /// <remarks>Measured as what more examples take than one, so that what is there once doesn't count. x: two examples or more.</remarks>
    public double BytesOfASample(Observed<Tensor> x, Tensor examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        using IDisposable off = no_grad();
        long count = examples.shape[0];
        return (Bytes(count) - Bytes(1)) / (double)((count - 1) * SamplesInARow(model));

        long Bytes(long few)
        {
            using var scope = NewDisposeScope();
            Tensor noise = PhiloxTensor.Normal(key, 0, examples.narrow(0, 0, few), 0, 1, model.NoiseSize);
            Terms<Tensor> terms = model.Terms(graph, x.Narrow(0, few), noise);
            terms.Elbo(graph);
            terms.LogW?.Invoke();
            return scope.Bytes();
        }
    }

    /// <summary>The summaries of K weights for each example. <paramref name="step"/> chooses the noise: in training it's the step.</summary>
    public WeightSummary[] Run(Observed<Tensor> x, Tensor examples, long samples, long step = 0)
    {
        var summaries = new WeightSummary[x.X.shape[0]];
        Draw(
            x,
            examples,
            samples,
            step,
            (first, count, logW, elbo) =>
            {
                float[] weights = logW.contiguous().data<float>().ToArray();
                float[] bounds = elbo.contiguous().data<float>().ToArray();
                for (int i = 0; i < weights.Length; i++)
                {
                    summaries[first + i % count].Add(weights[i], bounds[i]);
                }
            }
        );
        return summaries;
    }

    /// <summary>The same weights as estimates with Monte-Carlo errors: from the first 1, 10, 100, ... of them, and at last from all K.</summary>
    public IReadOnlyList<EvidenceEstimate> Estimate(
        Observed<Tensor> x,
        Tensor examples,
        long samples,
        WeightBootstrap bootstrap,
        long step = 0
    )
    {
        var tallies = new SortedDictionary<long, WeightTally>();
        Draw(
            x,
            examples,
            samples,
            step,
            (first, count, logW, elbo) =>
            {
                if (!tallies.TryGetValue(first, out WeightTally? tally))
                {
                    tallies.Add(first, tally = new WeightTally(count, samples, bootstrap));
                }

                tally.Add(logW, elbo);
            }
        );
        return EvidenceEstimate.Join(tallies.Values.Select(tally => tally.Estimates));
    }

    // Gives pieces of log-weights and of what makes the ELBO, [k, count], to whom they concern, with the first example's place in x.
    private void Draw(
        Observed<Tensor> x,
        Tensor examples,
        long samples,
        long step,
        Action<long, long, Tensor, Tensor> add
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        using IDisposable off = no_grad();
        long batch = x.X.shape[0];
        long examplesAtOnce = Math.Max(1, rowsAtOnce / samples);
        long samplesAtOnce = Math.Min(samples, rowsAtOnce);
        for (long start = 0; start < batch; start += examplesAtOnce)
        {
            using var scope = NewDisposeScope();
            long count = Math.Min(examplesAtOnce, batch - start);
            Observed<Tensor> part = x.Narrow(start, count);
            Tensor ids = examples.narrow(0, start, count);
            for (long first = 0; first < samples; first += samplesAtOnce)
            {
                using var piece = NewDisposeScope();
                long drawn = Math.Min(samplesAtOnce, samples - first);
                Tensor noise = PhiloxTensor.Normal(key, step, ids, first, drawn, model.NoiseSize);
                Terms<Tensor> terms = model.Terms(graph, part, noise);
                Tensor elbo = terms.Elbo(graph);
                add(start, count, terms.LogW is { } logW ? logW() : elbo, elbo);
            }
        }
    }
}
