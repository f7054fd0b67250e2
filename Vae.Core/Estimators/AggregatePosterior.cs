using Vae.Core.Graphs;
using Vae.Core.Models;
using Vae.Primitives;
using Vae.Torch;

namespace Vae.Core.Estimators;

/// <summary>What the rate consists of: E_x KL(q(z | x) ‖ p(z)) = I_q(x; z) + KL(q(z) ‖ p(z)), with the aggregate q(z) = (1/N) Σ q(z | xₙ) of N examples.</summary>
/// <param name="MutualInformation">I_q(x; z), of the N examples: at most log N nats.</param>
/// <param name="MarginalKl">KL(q(z) ‖ p(z)), nats: how far samples of the prior are from what the decoder was trained on.</param>
/// <remarks>One sample of z per example, whose density is taken under all N posteriors. Hoffman and Johnson 2016, ELBO surgery, eq. 7.</remarks>
public sealed record AggregatePosterior(double MutualInformation, double MarginalKl)
{
    private const long NumbersAtOnce = 1 << 24;

    /// <summary>From N examples and their numbers, [N]; null where log q(z | x) can't be had at any z, or p(z) isn't the same for all examples.</summary>
    public static AggregatePosterior? Of(LatentVariableModel model, Observed<Tensor> x, Tensor examples, PhiloxKey key)
    {
        if (model.LabelUse == LabelUse.Always || model.Steps > 0)
        {
            return null;
        }

        using IDisposable off = no_grad();
        using var scope = NewDisposeScope();
        var graph = new TensorGraph();
        long n = examples.shape[0];
        var q = model.SamplePosterior(graph, x, PhiloxTensor.Normal(key, 0, examples, 0, 1, model.NoiseSize));
        if (q.FixedLogQ is not { } density)
        {
            return null;
        }

        Tensor z = q.Z.view(n, 1, model.Latent);
        long rows = Math.Max(1, NumbersAtOnce / (n * model.Latent * Math.Max(1, model.Classes)));
        var parts = new List<Tensor>();
        for (long start = 0; start < n; start += rows)
        {
            using var inner = NewDisposeScope();
            Tensor all = density(z.narrow(0, start, Math.Min(rows, n - start))).to(ScalarType.Float64); // [rows, N]
            parts.Add((all.logsumexp(1) - Math.Log(n)).MoveToOuterDisposeScope());
        }

        Tensor aggregate = cat(parts, 0);
        Tensor information = (q.LogQ.view(n).to(ScalarType.Float64) - aggregate).mean();
        Tensor prior = model.LogJoint(graph, x, q.Z).LogPrior.view(n).to(ScalarType.Float64);
        return new AggregatePosterior(information.item<double>(), (aggregate - prior).mean().item<double>());
    }
}
