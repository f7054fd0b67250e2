using Vae.Core.Models;
using Vae.Primitives;

namespace Vae.Core.Estimators;

/// <summary>Annealed importance sampling: chains that go from the prior or q(z | x) to p(x, z) over T temperatures, each with a weight whose mean is p(x).</summary>
/// <remarks>
/// log w = Σₖ (tₖ − tₖ₋₁) slope(zₖ₋₁), with z₀ ~ p₀ and a move that leaves f_tₖ as it is from zₖ₋₁ to zₖ. E[w] = p(x), so the log of the mean
/// weight over chains is a lower bound of log p(x) in expectation; the mean of log w is a looser one. Neal 2001, arXiv:physics/9803008, eq. 3-4;
/// with hamiltonian moves arXiv:1205.1925 and, for autoencoders, arXiv:1611.04273. Started at an exact sample of p(z | x) and run backwards,
/// E[1/w] = 1/p(x): an upper bound (Grosse et al. 2015, arXiv:1511.02543).
/// x: [B, D], examples: [B] (each example's number, which with the key makes its noise) → log w: [C, B]. The densities are computed in the model's own
/// type, their weighted sum in float64. Memory doesn't grow with T.
/// </remarks>
public sealed class AnnealedImportanceSampling(LatentVariableModel model, PhiloxKey key, Annealing annealing)
{
    private readonly Annealing annealing = annealing.Checked();
    private readonly IReadOnlyList<double> times = annealing.Times();

    /// <summary>The step sizes for every temperature, from a pilot run on these examples, whose noise is its own; after each temperature it says how many are done.</summary>
    public IReadOnlyList<double> Pilot(Observed<Tensor> x, Tensor examples, long chains, Action<int>? after = null)
    {
        StepSize rule = annealing.StepSize;
        double size = rule.Initial;
        double running = rule.Target;
        var sizes = new double[times.Count];
        Array.Fill(sizes, size);
        int rounds = Math.Max(1, annealing.PilotMoves / times.Count);
        using var frozen = new FrozenParameters(model);
        using IDisposable off = no_grad();
        using var scope = NewDisposeScope();
        var kernel = TransitionKernel.Of(annealing);
        var noise = new ChainNoise(key with { Stream = key.Stream ^ 0x9e3779b9 }, examples, chains);
        var path = new GeometricPath(model, annealing.Start, x);
        Tensor z = path.Begin(noise);
        for (int k = 1; annealing.PilotMoves > 0 && k < times.Count - 1; k++)
        {
            for (int i = 0; i < (k == 1 ? Math.Max(rounds, annealing.PilotMoves / 2) : rounds); i++)
            {
                using var move = NewDisposeScope();
                PathPoint from = path.At(z, times[k], kernel.NeedsGradient);
                var (moved, accepted) = kernel.Move(path, from, times[k], size, noise);
                z.Dispose();
                z = moved.MoveToOuterDisposeScope();
                (size, running) = rule.Next(size, running, accepted.item<double>());
            }

            sizes[k] = size;
            after?.Invoke(k);
        }

        return sizes;
    }

    /// <summary>The log-weights of C chains from the start to p(x, z): [C, B].</summary>
    public Tensor Forward(
        Observed<Tensor> x,
        Tensor examples,
        long chains,
        IReadOnlyList<double> stepSizes,
        AnnealingTrace? trace = null
    ) => Run(x, examples, chains, stepSizes, posterior: null, trace);

    /// <summary>The log-weights of C chains that go back from exact samples of p(z | x), [B, Z], all chains of an example from its one: [C, B].</summary>
    public Tensor Reverse(
        Observed<Tensor> x,
        Tensor posterior,
        Tensor examples,
        long chains,
        IReadOnlyList<double> stepSizes,
        AnnealingTrace? trace = null
    ) => Run(x, examples, chains, stepSizes, posterior, trace);

    private Tensor Run(
        Observed<Tensor> x,
        Tensor examples,
        long chains,
        IReadOnlyList<double> stepSizes,
        Tensor? posterior,
        AnnealingTrace? trace
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(chains, 1);
        if (stepSizes.Count != times.Count)
        {
            throw new ArgumentException($"There are {stepSizes.Count} step sizes for {times.Count} temperatures.");
        }

        bool forward = posterior is null;
        int last = times.Count - 1;
        using var frozen = new FrozenParameters(model);
        using IDisposable off = no_grad();
        using var scope = NewDisposeScope();
        var kernel = TransitionKernel.Of(annealing);
        var noise = new ChainNoise(forward ? key : key with { Stream = key.Stream ^ 0x85ebca6b }, examples, chains);
        var path = new GeometricPath(model, annealing.Start, x);
        Tensor start = path.Begin(noise);
        Tensor z = posterior?.unsqueeze(0).expand(chains, -1, -1).contiguous() ?? start;
        Tensor logW = zeros([chains, examples.shape[0]], ScalarType.Float64, examples.device);
        for (int done = 1; done <= last; done++)
        {
            using var move = NewDisposeScope();
            int k = forward ? done : last + 1 - done; // the step from t_k−1 to t_k, up or down
            int at = forward ? k : k - 1; // the chains then move at this temperature
            bool moves = done < last;
            PathPoint from = path.At(z, times[at], moves && kernel.NeedsGradient);
            logW.add_(from.Slope.to(ScalarType.Float64) * (times[k] - times[k - 1]));
            double? accepted = null;
            if (moves)
            {
                var (moved, rate) = kernel.Move(path, from, times[at], stepSizes[at], noise);
                z.Dispose();
                z = moved.MoveToOuterDisposeScope();
                accepted = rate.item<double>();
            }

            trace?.Add(done, times[forward ? k : k - 1], logW, accepted);
        }

        return logW.MoveToOuterDisposeScope();
    }
}
