using Vae.Core.Graphs;
using Vae.Core.Models;
using Vae.Primitives;
using Vae.Torch;

namespace Vae.Core.Estimators;

/// <summary>The best normal q*(z) = N(m, diag(s²)) for each example, found by gradient steps on its own ELBO from where the encoder begins.</summary>
/// <remarks>
/// With it log p(x) − ELBO[q] = (log p(x) − ELBO[q*]) + (ELBO[q*] − ELBO[q]): the approximation gap, which the family of q leaves, and the amortisation gap,
/// which the encoder leaves. Cremer et al. 2018, arXiv:1801.03558, section 3. The weights under q* also give the better estimate of log p(x).
/// </remarks>
public sealed class LocalPosterior(LatentVariableModel model, PhiloxKey key)
{
    private const long Drawn = 10; // samples in a step
    private const double LearningRate = 0.02;
    private readonly IGraph<Tensor> graph = new TensorGraph();

    /// <summary>log w = log p(x, z) − log q*(z) of K samples of each example's q*: [K, B]; null where q(z | x) itself is no such normal.</summary>
    public Tensor? LogWeights(Observed<Tensor> x, Tensor examples, int steps, long samples, Action<int>? after = null)
    {
        using var frozen = new FrozenParameters(model);
        using var scope = NewDisposeScope();
        if (Begin(x) is not var (mean, logScale))
        {
            return null;
        }

        using var adam = optim.Adam([mean, logScale], LearningRate);
        for (int step = 1; step <= steps; step++)
        {
            using var inner = NewDisposeScope();
            Tensor noise = PhiloxTensor.Normal(key, step, examples, 0, Drawn, model.Latent);
            adam.zero_grad();
            Weights(x, mean, logScale, noise).mean([0]).sum().neg().backward();
            adam.step();
            after?.Invoke(step);
        }

        using IDisposable off = no_grad();
        var pieces = new List<Tensor>();
        for (long first = 0; first < samples; first += Drawn)
        {
            using var inner = NewDisposeScope();
            long count = Math.Min(Drawn, samples - first);
            Tensor noise = PhiloxTensor.Normal(key, 0, examples, first, count, model.Latent);
            pieces.Add(Weights(x, mean, logScale, noise).MoveToOuterDisposeScope());
        }

        return cat(pieces, 0).MoveToOuterDisposeScope();
    }

    // m and log s of the encoder's normal, read off z = m + s ⊙ noise; null where its density says that it's none such.
    private (Parameter Mean, Parameter LogScale)? Begin(Observed<Tensor> x)
    {
        using IDisposable off = no_grad();
        if (model.NoiseSize != model.Latent)
        {
            return null;
        }

        Tensor noise = zeros([1, x.X.shape[0], model.Latent], device: x.X.device);
        var centre = model.SamplePosterior(graph, x, noise);
        Tensor scale = model.SamplePosterior(graph, x, noise + 1).Z - centre.Z;
        if (centre.FixedLogQ is null || scale.min().item<float>() <= 0)
        {
            return null;
        }

        Tensor density = (scale.log() + 0.5 * Math.Log(2 * Math.PI)).sum(-1).neg();
        double misfit = (density - centre.LogQ).abs().max().item<float>();
        return misfit > 1e-3 * model.Latent
            ? null
            : (new Parameter(centre.Z.squeeze(0).clone()), new Parameter(scale.log().squeeze(0).clone()));
    }

    private Tensor Weights(Observed<Tensor> x, Tensor mean, Tensor logScale, Tensor noise)
    {
        Tensor z = mean + logScale.exp() * noise;
        Tensor logQ = graph.StandardNormalLogDensity(noise) - logScale.sum(-1);
        var (logLikelihood, logPrior) = model.LogJoint(graph, x, z);
        return logLikelihood + (logPrior - logQ);
    }
}
