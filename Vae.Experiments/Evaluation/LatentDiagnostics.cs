using System.Globalization;
using Vae.Core.Estimators;
using Vae.Core.Graphs;
using Vae.Core.Models;
using Vae.Experiments.Config;
using Vae.Experiments.Figures;
using Vae.Experiments.Training;
using Vae.Primitives;
using Vae.Torch;

namespace Vae.Experiments.Evaluation;

/// <summary>The evaluation "diagnostics": what the latent variables do, as numbers, sentences and a figure.</summary>
internal sealed class LatentDiagnostics(
    LatentVariableModel model,
    Streams streams,
    DiagnosticsEvaluateConfig config,
    long rowsAtOnce
)
{
    /// <summary>Aⱼ above which a latent dimension is active: arXiv:1509.00519, section 5.2.</summary>
    private const double ActiveFrom = 0.01;

    private readonly TensorGraph graph = new();
    private readonly PhiloxKey noise = streams.Of("diagnostics");
    private readonly List<(string, double)> metrics = [];
    private readonly List<string> remarks = [];

    internal Evaluated Run(DeviceSplit split, SplitBatches batches, Action<long, long, string, string> report)
    {
        long count = SplitBatches.Count(split, config.MaxExamples);
        if (count < 2)
        {
            throw new ExperimentException(
                ExitCode.Usage,
                "diagnostics compare examples: max_examples must be at least 2"
            );
        }

        var units = new ActiveUnits();
        long done = 0;
        var parts = batches.Of(
            split,
            count,
            Math.Max(1, rowsAtOnce / config.Samples),
            (x, rows) =>
            {
                Parts part = RateAndDistortion(x, rows, units);
                report(done += rows.shape[0], count, "img", "");
                return part;
            }
        );
        double rate = parts.SelectMany(p => p.Rate).Average();
        double distortion = parts.SelectMany(p => p.Distortion).Average();
        Say("rate", rate);
        Say("distortion", distortion);
        remarks.Add(
            Text($"rate {rate:F2} nats (KL from q to the prior), distortion {distortion:F2} nats (−E log p(x|z))")
        );
        Canvas chart = Units(units, parts, rate);
        if (config.Aggregate > 1)
        {
            Aggregate(split, batches);
        }

        if (config.Optimised > 0)
        {
            Gap(split, batches, report);
        }

        return new Evaluated([
            .. parts.SelectMany(p => p.Rate.Zip(p.Distortion, (r, d) => new ExampleEstimate(-r - d, null, null, null))),
        ])
        {
            Metrics = metrics,
            Remarks = remarks,
            Figures = new Dictionary<string, Canvas> { ["active_units"] = chart },
        };
    }

    private Parts RateAndDistortion(Observed<Tensor> x, Tensor rows, ActiveUnits units)
    {
        using IDisposable off = no_grad();
        Tensor drawn = PhiloxTensor.Normal(noise, 0, rows, 0, config.Samples, model.NoiseSize);
        var terms = model.Terms(graph, x, drawn);
        var q = model.SamplePosterior(graph, x, drawn);
        if (q is { FixedLogQ: not null, KlByDimension: not null })
        {
            // A plain normal, whose mean is what it makes of no noise.
            Tensor nothing = zeros([1, rows.shape[0], model.NoiseSize], device: rows.device);
            units.AddMeans(model.SamplePosterior(graph, x, nothing).Z.squeeze(0));
        }
        else
        {
            units.Add(q.Z);
        }

        Tensor? kl = terms.KlByDimension?.Invoke();
        return new Parts(
            Numbers((terms.LogQ - terms.LogPrior).mean([0])),
            Numbers(terms.LogLikelihood.mean([0]).neg()),
            kl is null ? null : Numbers(kl.view(-1, kl.shape[^1]).mean([0])),
            rows.shape[0]
        );
    }

    private Canvas Units(ActiveUnits units, List<Parts> parts, double rate)
    {
        var variances = units.Variances;
        int active = variances.Count(a => a > ActiveFrom);
        Say("active_units", active);
        double[]? kl = null;
        if (parts.All(p => p.Kl is not null))
        {
            double all = parts.Sum(p => p.Examples);
            kl = [.. Enumerable.Range(0, variances.Count).Select(j => parts.Sum(p => p.Kl![j] * p.Examples) / all)];
            for (int j = 0; j < kl.Length; j++)
            {
                Say(Text($"kl_{j:D3}"), kl[j]);
            }
        }

        remarks.Add(
            active == 0
                ? Text(
                    $"POSTERIOR COLLAPSE: none of the {variances.Count} latent dimensions is active (Var E[z|x] > {ActiveFrom}), the rate is {rate:F3} nats: z says nothing about x"
                )
            : active < variances.Count
                ? Text(
                    $"{active} of {variances.Count} latent dimensions are active (Var E[z|x] > {ActiveFrom}); in the other {variances.Count - active} the posterior has collapsed to the same for every x"
                )
            : Text($"all {active} latent dimensions are active (Var E[z|x] > {ActiveFrom})")
        );
        return ActiveUnitsChart.Of(variances, kl, ActiveFrom);
    }

    private void Aggregate(DeviceSplit split, SplitBatches batches)
    {
        long n = SplitBatches.Count(split, Math.Min(config.Aggregate, config.MaxExamples ?? int.MaxValue));
        AggregatePosterior? aggregate = batches
            .Of(split, n, n, (x, rows) => AggregatePosterior.Of(model, x, rows, streams.Of("diagnostics/aggregate")))
            .Single();
        if (aggregate is null)
        {
            remarks.Add(
                "no mutual information: it needs log q(z|x) at any z and one prior for all examples, which this model hasn't"
            );
            return;
        }

        Say("mutual_information", aggregate.MutualInformation);
        Say("marginal_kl", aggregate.MarginalKl);
        remarks.Add(
            Text(
                $"mutual information of x and z {aggregate.MutualInformation:F2} nats (at most log {n} = {Math.Log(n):F2}), marginal KL(q(z) || p(z)) {aggregate.MarginalKl:F2} nats"
            )
        );
    }

    private void Gap(DeviceSplit split, SplitBatches batches, Action<long, long, string, string> report)
    {
        long n = SplitBatches.Count(split, Math.Min(config.Optimised, config.MaxExamples ?? int.MaxValue));
        long done = 0;
        long atOnce = Math.Min(n, 100);
        long total = (n + atOnce - 1) / atOnce * config.Steps;
        using var bootstrap = new WeightBootstrap(streams.Of("bootstrap"));
        var own = new LocalPosterior(model, streams.Of("diagnostics/optimised"));
        var amortised = new ImportanceSampling(model, streams.Noise(split.Name + "/evaluate"), rowsAtOnce);
        var parts = batches.Of(
            split,
            n,
            atOnce,
            (x, rows) =>
            {
                Tensor? weights = own.LogWeights(
                    x,
                    rows,
                    config.Steps,
                    config.GapSamples,
                    _ => report(++done, total, "it", "best q of each example")
                );
                return weights is null
                    ? null
                    : EvidenceEstimate
                        .Of(weights, bootstrap)[^1]
                        .Weights.Zip(
                            amortised.Run(x, rows, config.GapSamples),
                            (best, q) => (LogPx: best.LogLikelihood, Best: best.Elbo, q.Elbo)
                        )
                        .ToList();
            }
        );
        if (parts.Any(p => p is null))
        {
            remarks.Add(
                "no inference gap: q(z|x) isn't a normal with independent dimensions, whose best form could be sought for each example"
            );
            return;
        }

        var all = parts.SelectMany(p => p!).ToList();
        double logPx = all.Average(a => a.LogPx);
        double best = all.Average(a => a.Best);
        double elbo = all.Average(a => a.Elbo);
        Say("inference_gap", logPx - elbo);
        Say("approximation_gap", logPx - best);
        Say("amortisation_gap", best - elbo);
        remarks.Add(
            Text(
                $"inference gap {logPx - elbo:F2} nats on {n} examples: {logPx - best:F2} from the family of q (approximation), {best - elbo:F2} from the encoder (amortisation)"
            )
        );
    }

    private void Say(string metric, double value) => metrics.Add((metric, value));

    private static double[] Numbers(Tensor values) =>
        values.to(ScalarType.Float64).contiguous().data<double>().ToArray();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Parts(double[] Rate, double[] Distortion, double[]? Kl, long Examples);
}
