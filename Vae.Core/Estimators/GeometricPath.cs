using Vae.Core.Graphs;
using Vae.Core.Models;

namespace Vae.Core.Estimators;

/// <summary>The path f_t = p₀(z)^(1−t) p(x, z)^t from the prior or from q(z | x), for one batch: log f_t(z) = base(z) + t · slope(z).</summary>
/// <remarks>From the prior, base = log p(z) and slope = log p(x | z); from q, log q(z | x) and log p(x, z) − log q(z | x). Nats, [C, B].</remarks>
internal sealed class GeometricPath(LatentVariableModel model, AnnealingStart start, Observed<Tensor> x)
{
    private readonly TensorGraph graph = new();

    // Labels that only help training don't enter p(x, z).
    private bool ConditionsOnLabel => model.LabelUse == LabelUse.Always;

    private Func<Tensor, Tensor>? logQ;

    /// <summary>C chains drawn from the start: [C, B, Z].</summary>
    public Tensor Begin(ChainNoise noise)
    {
        if (start == AnnealingStart.Prior)
        {
            return model.Steps == 0
                ? model.SamplePrior(graph, noise.Normal(model.PriorNoiseSize), ConditionsOnLabel ? x.Label : null)
                : throw new NotSupportedException(
                    "An annealed estimate can't start from the prior here: a step's latent variables depend on the observed steps before it."
                );
        }

        var q = model.SamplePosterior(graph, x, noise.Normal(model.NoiseSize));
        logQ =
            q.FixedLogQ
            ?? throw new NotSupportedException(
                "An annealed estimate can't start from q(z|x) here: its density is known only at its own samples, not at any z. Start from the prior."
            );
        return q.Z;
    }

    /// <summary>Where z lies on the path, with ∂ log f_t/∂z if asked for.</summary>
    public PathPoint At(Tensor z, double t, bool gradient)
    {
        if (!gradient)
        {
            var (b, s) = Parts(z);
            return new PathPoint(z, b, s, null);
        }

        using IDisposable on = enable_grad();
        Tensor leaf = z.detach().requires_grad_();
        var (base_, slope) = Parts(leaf);
        (base_ + slope * t).sum().backward();
        return new PathPoint(z, base_.detach(), slope.detach(), leaf.grad);
    }

    private (Tensor Base, Tensor Slope) Parts(Tensor z)
    {
        var (logLikelihood, logPrior) = model.LogJoint(graph, x, z);
        if (logQ is null)
        {
            return (logPrior, logLikelihood);
        }

        Tensor q = logQ(z);
        return (q, logLikelihood + (logPrior - q));
    }
}

/// <summary>A place on the path: z: [C, B, Z], base and slope of log f_t there: [C, B], and its gradient at some t.</summary>
internal sealed record PathPoint(Tensor Z, Tensor Base, Tensor Slope, Tensor? Gradient)
{
    public Tensor LogDensity(double t) => Base + Slope * t;
}
