using Vae.Core.Estimators;
using Vae.Core.Models;
using Vae.Experiments.Config;
using Vae.Experiments.Figures;
using Vae.Experiments.Training;
using Vae.Primitives;

namespace Vae.Experiments.Evaluation;

/// <summary>The evaluations "hais", "ais" and "bdmc": a pilot run for the step sizes, then chains for some examples at a time.</summary>
internal sealed class AnnealedChains(
    LatentVariableModel model,
    Streams streams,
    AnnealedEvaluateConfig config,
    long rowsAtOnce, // gradients keep what else goes
    string stage
)
{
    private const long PilotExamples = 16;
    private const long PilotChains = 4;

    private readonly string kind = Schema.KindOf(config.GetType())!;

    internal Evaluated Run(DeviceSplit split, SplitBatches batches, Action<long, long, string, string> report)
    {
        long count = SplitBatches.Count(split, config.MaxExamples);
        long atOnce = Math.Max(1, rowsAtOnce / config.Chains);
        bool both = config is BdmcEvaluateConfig;
        long total = (count + atOnce - 1) / atOnce * (config.Temperatures - 1) * (both ? 2 : 1);
        long done = 0;
        void Count(int _) => report(++done, total, "it", "");

        void Piloted(int temperature) =>
            report(0, total, "it", $"pilot at temperature {temperature} of {config.Temperatures}");

        PhiloxKey key = streams.Of($"{split.Name}/{kind}");
        var estimator = new AnnealedImportanceSampling(model, key, config.Annealing);
        var trace = new AnnealingTrace(config.Temperatures, Count);
        var traceBack = new AnnealingTrace(config.Temperatures, Count);
        using var bootstrap = new WeightBootstrap(streams.Of("bootstrap"));
        IReadOnlyList<double> sizes = batches
            .Of(
                split,
                Math.Min(PilotExamples, count),
                PilotExamples,
                (x, rows) => new Chains([], [], estimator.Pilot(Data(x, rows).X, rows, PilotChains, Piloted))
            )[0]
            .StepSizes;
        var parts = batches.Of(
            split,
            count,
            atOnce,
            (x, rows) =>
            {
                var (data, z) = Data(x, rows);
                Tensor forward = estimator.Forward(data, rows, config.Chains, sizes, trace);
                Tensor? back = both ? estimator.Reverse(data, z!, rows, config.Chains, sizes, traceBack).neg() : null;
                return new Chains(
                    EvidenceEstimate.Of(forward, bootstrap),
                    back is null ? [] : EvidenceEstimate.Of(back, bootstrap),
                    sizes
                );
            }
        );
        Evaluated made = Evaluated.Of(EvidenceEstimate.Join(parts.Select(p => p.Forward)));
        return (both ? Bounded(made, EvidenceEstimate.Join(parts.Select(p => p.Back))) : made) with
        {
            Remarks = [Remark(trace, sizes)],
            Figures = new Dictionary<string, Canvas> { ["hais_path"] = Path(trace) },
        };

        (Observed<Tensor> X, Tensor? Z) Data(Observed<Tensor> x, Tensor rows)
        {
            if (!both)
            {
                return (x, null);
            }

            Simulation drawn = Simulation.Of(model, streams.Of("bdmc/data"), rows, x.Label);
            return (new Observed<Tensor>(drawn.X) { Label = x.Label }, drawn.Z);
        }
    }

    // The backward chains' −log (1/C) Σ 1/w is the upper bound.
    private static Evaluated Bounded(Evaluated forward, IReadOnlyList<EvidenceEstimate> back) =>
        new([
            .. forward.Examples.Zip(
                back[^1].Weights,
                (example, inverse) => example with { Upper = -inverse.LogLikelihood }
            ),
        ]);

    private string Remark(AnnealingTrace trace, IReadOnlyList<double> sizes) =>
        trace.Acceptance is { } accepted
            ? FormattableString.Invariant(
                $"{stage}: {100 * accepted:F0} % of the moves accepted; step sizes {sizes[1]:G2} at the start, {sizes[sizes.Count / 2]:G2} halfway, {sizes[^2]:G2} at the end"
            )
            : $"{stage}: two temperatures, so no moves";

    private Canvas Path(AnnealingTrace trace)
    {
        var steps = trace.Steps.ToList();
        return LineChart.Render(
            FormattableString.Invariant(
                $"{stage}: {config.Temperatures} temperatures, {100 * (trace.Acceptance ?? 1):F0} % of the moves accepted"
            ),
            "temperature t",
            "nats per example",
            [
                new Series("log of the mean weight, log p(x) at the end", [.. steps.Select(s => (s.Time, s.LogMean))]),
                new Series("mean of the log-weights", [.. steps.Select(s => (s.Time, s.Mean))]),
            ]
        );
    }
}

/// <summary>What annealed chains of some examples came to.</summary>
internal sealed record Chains(
    IReadOnlyList<EvidenceEstimate> Forward,
    IReadOnlyList<EvidenceEstimate> Back,
    IReadOnlyList<double> StepSizes
);
