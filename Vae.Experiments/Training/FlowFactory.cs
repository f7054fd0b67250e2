using Vae.Core.Flows;
using Vae.Core.Networks;
using Vae.Experiments.Config;
using Vae.Primitives;

namespace Vae.Experiments.Training;

/// <summary>From the config's records to the flows they declare.</summary>
public static class FlowFactory
{
    // RealNVP's scales stay between e⁻² and e² in each layer.
    private const double CouplingBound = 2;
    private const int MostColumns = 32;

    /// <summary>The flows in the order in which they act; what is random in their making (masks, orders) is a function of the seed and of the path, such as "flows".</summary>
    /// <param name="configs">The tables.</param>
    /// <param name="latent">Dimensions, Z.</param>
    /// <param name="context">Width of the context that the encoder can give; 0 where there is no encoder, as in a prior.</param>
    /// <param name="device">Where the parameters lie.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="path">The flows' name within the model.</param>
    public static Flow[] Build(
        ConfigList<FlowConfig> configs,
        long latent,
        long context,
        Device device,
        uint seed,
        string path
    )
    {
        ArgumentNullException.ThrowIfNull(configs);
        var flows = new List<Flow>();
        foreach (FlowConfig config in configs)
        {
            for (int layer = 0; layer < config.Layers; layer++)
            {
                flows.AddRange(Layer(config, layer));
            }
        }

        return [.. flows];

        Flow[] Layer(FlowConfig config, int layer)
        {
            bool odd = layer % 2 == 1;
            return config switch
            {
                IafConfig iaf => Iaf(iaf, odd),
                MafFlowConfig maf =>
                [
                    Autoregressive(maf.Hidden, maf.Activation, new AffineElementwise()),
                    new Reversal(latent, device),
                ],
                NafFlowConfig naf =>
                [
                    Autoregressive(naf.Hidden, naf.Activation, new DeepSigmoid(naf.Components)),
                    new Reversal(latent, device),
                ],
                CouplingFlowConfig c => [Coupling(c.Hidden, c.Activation, new AffineElementwise(CouplingBound), odd)],
                SplineFlowConfig s =>
                [
                    Coupling(s.Hidden, s.Activation, new RationalQuadraticSpline(s.Bins, s.Bound), odd),
                ],
                PlanarFlowConfig => [new PlanarFlow(latent, context, device)],
                RadialFlowConfig => [new RadialFlow(latent, context, device)],
                SylvesterFlowConfig s => [Sylvester(s, odd)],
                _ => throw new NotSupportedException($"flow {config}"),
            };
        }

        Flow[] Iaf(IafConfig iaf, bool odd)
        {
            bool alternates = iaf.Order == IafOrderName.Alternate;
            var form = new MadeForm
            {
                Blocks = iaf.Masks == IafMasksName.Block,
                Reversed = alternates && odd,
                AddsContext = iaf.ContextIn == IafContextName.Added,
                Activation = ActivationOf(iaf.Activation),
                BatchNorm = iaf.Norm == IafNormName.Batch,
            };
            Made made = MadeOf(iaf.Hidden, form, iaf.Shift ? 1 : 2);
            Flow flow = iaf.Shift
                ? new AutoregressiveShift(made, device)
                : new InverseAutoregressiveFlow(made, iaf.GateBias, device);
            return alternates ? [flow] : [flow, new Reversal(latent, device)];
        }

        AutoregressiveFlow Autoregressive(ConfigList<int> hidden, ActivationName activation, IElementwise function) =>
            new(MadeOf(hidden, new MadeForm { Activation = ActivationOf(activation) }, function.Parameters), function);

        Coupling Coupling(ConfigList<int> hidden, ActivationName activation, IElementwise function, bool flipped) =>
            new(latent, hidden, ActivationOf(activation), context, function, flipped, device);

        SylvesterFlow Sylvester(SylvesterFlowConfig s, bool odd)
        {
            SylvesterBasis basis = s.Basis switch
            {
                SylvesterBasisName.Orthogonal => SylvesterBasis.Orthogonal,
                SylvesterBasisName.Householder => SylvesterBasis.Householder,
                _ => SylvesterBasis.Triangular,
            };
            long columns = basis == SylvesterBasis.Orthogonal ? s.Columns ?? Math.Min(latent, MostColumns) : latent;
            return new(latent, context, basis, columns, s.Reflections, odd, device);
        }

        Made MadeOf(ConfigList<int> hidden, MadeForm form, int numbers)
        {
            var degrees = new PhiloxKey(seed, Philox.StreamOf($"{path}.{flows.Count}.made.degrees"));
            return new(latent, hidden, context, degrees, device, form, numbers);
        }
    }

    private static Activation ActivationOf(ActivationName name) => Enum.Parse<Activation>(name.ToString());
}
