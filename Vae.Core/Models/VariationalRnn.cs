using Vae.Core.Distributions;
using Vae.Core.Graphs;
using Vae.Core.Networks;

namespace Vae.Core.Models;

/// <summary>The variational recurrent network: p(x, z) = Π_t p(z_t | h_t) p(x_t | h_t, z_t), q(z | x) = Π_t q(z_t | h_t, x_t), h_t = LSTM(h_{t−1}, [x_{t−1}, z_{t−1}]).</summary>
/// <remarks>
/// x: [B, T · D], z: [K, B, T · Z], step after step; log-densities [K, B] in nats are sums over the steps that a sequence has. h_t is the top of the stacked
/// cells; x₀ = z₀ = 0. A sequence that goes on by itself hears the most probable x (where the likelihood has no such, the mean) of the step before.
/// Chung et al. 2015, arXiv:1506.02216, eq. 5–11, without its feature extractors; arXiv:2208.07818, section 7.
/// </remarks>
public sealed class VariationalRnn : LatentVariableModel
{
    private readonly ModuleList<LstmCell> cells;
    private readonly Network transition;
    private readonly Network encoder;
    private readonly Network decoder;
    private readonly Likelihood likelihood;
    private readonly NormalEncoder prior;
    private readonly NormalEncoder posterior;
    private readonly Tensor nothing; // x before the first step
    private readonly long size; // of x_t
    private readonly long factors; // of z_t

    /// <summary>
    /// Steps T at most; cells: the first takes D + Z numbers; transition: H → 2Z, p(z_t | h_t); encoder: H + D → 2Z, q(z_t | h_t, x_t); decoder: H + Z → P · D.
    /// </summary>
    /// <exception cref="ArgumentException">The widths don't fit.</exception>
    public VariationalRnn(
        long steps,
        IReadOnlyList<LstmCell> cells,
        Network transition,
        Network encoder,
        Network decoder,
        Likelihood likelihood,
        ScaleFunction scale
    )
        : base(nameof(VariationalRnn))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        long h = cells[^1].Size;
        Steps = steps;
        size = encoder.Inputs - h;
        factors = decoder.Inputs - h;
        if (transition.Inputs != h || transition.Outputs != 2 * factors || encoder.Outputs != 2 * factors)
        {
            throw new ArgumentException(
                $"With {h} hidden units and {factors} latent dimensions a step, p(z | h) takes {h} numbers and gives {2 * factors}, and q(z | h, x) gives as many."
            );
        }

        if (decoder.Outputs != likelihood.ParametersPerDimension * size)
        {
            throw new ArgumentException(
                $"The decoder gives {decoder.Outputs} numbers; the likelihood takes {likelihood.ParametersPerDimension} for each of {size} dimensions."
            );
        }

        nothing = zeros([size], device: encoder.parameters().First().device);
        register_buffer(nameof(nothing), nothing, persistent: false);
        this.cells = nn.ModuleList([.. cells]);
        (this.transition, this.encoder, this.decoder, this.likelihood) = (transition, encoder, decoder, likelihood);
        prior = new NormalEncoder(transition, factors, scale);
        posterior = new NormalEncoder(encoder, factors, scale);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override long Steps { get; }

    /// <summary>T · D.</summary>
    public override long Dimensions => Steps * size;

    /// <summary>T · Z.</summary>
    public override long Latent => Steps * factors;

    /// <inheritdoc/>
    public override Terms<T> Terms<T>(IGraph<T> g, Observed<T> x, T noise)
    {
        var rolled = Roll(g, x, noise, drawn: true);
        return new Terms<T>(rolled.LogLikelihood, rolled.LogPrior, rolled.LogQ!, () => g.SumLast(rolled.Kl!()))
        {
            KlByDimension = rolled.Kl,
        };
    }

    /// <inheritdoc/>
    public override PosteriorSample<T> SamplePosterior<T>(IGraph<T> g, Observed<T> x, T noise)
    {
        var rolled = Roll(g, x, noise, drawn: true);
        return new PosteriorSample<T>(rolled.Z, rolled.LogQ!, () => g.SumLast(rolled.Kl!()))
        {
            KlByDimension = rolled.Kl,
        };
    }

    /// <inheritdoc/>
    public override (T LogLikelihood, T LogPrior) LogJoint<T>(IGraph<T> g, Observed<T> x, T z)
    {
        var rolled = Roll(g, x, z, drawn: false);
        return (rolled.LogLikelihood, rolled.LogPrior);
    }

    /// <summary>E[x_t | h_t, z_t] with z_t ~ q(z_t | h_t, x_t), where h_t has heard x itself.</summary>
    public override T Reconstruct<T>(IGraph<T> g, Observed<T> x, T noise) => Roll(g, x, noise, drawn: true).Mean();

    /// <summary>z of a sequence that goes on by itself.</summary>
    public override T SamplePrior<T>(IGraph<T> g, T noise, T? label = default)
        where T : default => Free(g, default!, 0, noise, drawn: true).Z;

    /// <summary>E[x_t | h_t, z_t] of a sequence that goes on by itself with these z.</summary>
    public override T Decode<T>(IGraph<T> g, T z, T? label = default)
        where T : default => Free(g, default!, 0, z, drawn: false).Mean;

    /// <summary>A sequence whose first steps are seen, and the rest drawn: z from q(z_t | h_t, x_t) as long as x is seen, then from p(z_t | h_t). → E[x_t | h_t, z_t], and x itself where it's seen.</summary>
    /// <param name="g">What interprets it.</param>
    /// <param name="x">[B, T · D], of which the first steps count.</param>
    /// <param name="seen">How many steps.</param>
    /// <param name="noise">[K, B, T · Z].</param>
    public T Complete<T>(IGraph<T> g, T x, long seen, T noise) => Free(g, x, seen, noise, drawn: true).Mean;

    /// <summary>KL of each step: KlByDimension summed over z_t, [..., T · Z] → [..., T].</summary>
    public T ByStep<T>(IGraph<T> g, T kl) => g.SumLast(g.Unflatten(kl, Steps, factors));

    /// <summary>Width of one step's x.</summary>
    public long StepDimensions => size;

    /// <summary>Width of one step's z.</summary>
    public long StepLatent => factors;

    /// <summary>Width of h and c of each cell.</summary>
    public IReadOnlyList<long> Units => [.. cells.Select(cell => cell.Size)];

    /// <summary>p(x_t | h_t, z_t) as a function of the decoder's output.</summary>
    public Likelihood Likelihood => likelihood;

    /// <summary>One step: h_t, and what follows from it.</summary>
    public RecurrentStep<T> Step<T>(IGraph<T> g, RecurrentState<T> before)
    {
        var after = new (T H, T C)[cells.Count];
        T h = g.Concat(before.X, before.Z);
        for (int i = 0; i < after.Length; i++)
        {
            after[i] = cells[i].Forward(g, h, before.Cells[i]);
            h = after[i].H;
        }

        return new RecurrentStep<T>(
            after,
            () => prior.Forward(g, h).Normal,
            x => posterior.Forward(g, h, x).Normal,
            z => decoder.Forward(g, h, z)
        );
    }

    // All steps of given x, with z made of noise (drawn) or given.
    private Rolled<T> Roll<T>(IGraph<T> g, Observed<T> x, T given, bool drawn)
    {
        var zs = new List<T>();
        var kls = new List<Func<T>>();
        var parameters = new List<T>();
        T? logLikelihood = default;
        T? logPrior = default;
        T? logQ = default;
        var state = Start(g, g.Affine(g.Slice(x.X, 0, size), 0, 0), given);
        for (int t = 0; t < Steps; t++)
        {
            var step = Step(g, state);
            T xt = g.Slice(x.X, t * size, size);
            T part = g.Slice(given, t * factors, factors);
            var p = step.Prior();
            T? present = x.Present is { } there ? g.SumLast(g.Slice(there, t, 1)) : default; // [B]
            T z = part;
            if (drawn)
            {
                var q = step.Posterior(xt);
                (z, T density) = q.Sample(g, part);
                logQ = Sum(logQ, density);
                kls.Add(() =>
                {
                    T kl = g.NormalKlByDimension(q.Mean, q.Scale, p.Mean, p.Scale);
                    return present is null ? kl : g.Multiply(kl, g.Column(present));
                });
            }

            logPrior = Sum(logPrior, p.LogDensity(g, z));
            T decoded = step.Parameters(z);
            logLikelihood = Sum(logLikelihood, likelihood.LogDensity(g, xt, decoded));
            parameters.Add(decoded);
            zs.Add(z);
            state = new RecurrentState<T>(xt, z, step.Cells);

            T Sum(T? sum, T term)
            {
                T here = present is null ? term : g.Multiply(term, present);
                return sum is null ? here : g.Add(sum, here);
            }
        }

        return new Rolled<T>(
            g.Concat([.. zs]),
            logLikelihood!,
            logPrior!,
            logQ,
            drawn ? () => g.Concat([.. kls.Select(kl => kl())]) : null,
            () => g.Concat([.. parameters.Select(p => likelihood.Mean(g, p))])
        );
    }

    // As long as x is seen it's heard, and z is q's; then z is p's (or given) and the most probable x is heard.
    private (T Z, T Mean) Free<T>(IGraph<T> g, T x, long seen, T given, bool drawn)
    {
        var zs = new List<T>();
        var means = new List<T>();
        var state = Start(g, g.Constant(nothing), given);
        for (int t = 0; t < Steps; t++)
        {
            var step = Step(g, state);
            T part = g.Slice(given, t * factors, factors);
            T? xt = t < seen ? g.Slice(x, t * size, size) : default;
            T z =
                xt is not null ? step.Posterior(xt).Sample(g, part).Z
                : drawn ? step.Prior().Sample(g, part).Z
                : part;
            T parameters = step.Parameters(z);
            means.Add(xt is null ? likelihood.Mean(g, parameters) : g.Add(xt, g.Affine(g.Slice(z, 0, 1), 0, 0)));
            state = new RecurrentState<T>(xt is null ? likelihood.Mode(g, parameters) : xt, z, step.Cells);
            zs.Add(z);
        }

        return (g.Concat([.. zs]), g.Concat([.. means]));
    }

    // Nothing came before; z's axes are those of what z is made of.
    private RecurrentState<T> Start<T>(IGraph<T> g, T x, T given) =>
        new(x, g.Affine(g.Slice(given, 0, factors), 0, 0), [.. cells.Select(cell => cell.Start(g))]);

    private sealed record Rolled<T>(T Z, T LogLikelihood, T LogPrior, T? LogQ, Func<T>? Kl, Func<T> Mean);
}
