using Vae.Experiments.Data;

namespace Vae.Experiments.Config;

/// <summary>A variational recurrent network.</summary>
[Kind(
    "vrnn",
    "The variational recurrent network (arXiv:1506.02216) for sequences; an image is the sequence of its rows. Stacked LSTM cells hear x and z of the step before; from their state h come the prior p(z|h), the posterior q(z|h, x) and p(x|h, z)."
)]
public sealed record VrnnConfig : ModelConfig
{
    /// <summary>Units of an LSTM cell.</summary>
    [Key("Units of each LSTM cell.", Min = 1)]
    public int Hidden { get; init; } = 256;

    /// <summary>Stacked cells.</summary>
    [Key("Cells, one upon the other.", Min = 1, Max = 100)]
    public int Layers { get; init; } = 2;

    /// <summary>What makes a network's output a positive scale.</summary>
    [Key("The function that makes a network's output a positive standard deviation.")]
    public ScaleName Scale { get; init; }

    /// <summary>p(z|h).</summary>
    [Key("The network from h to the prior of z.")]
    public NetworkConfig Transition { get; init; } = new MlpConfig();

    /// <summary>q(z|h, x).</summary>
    [Key("The network from h and x to the posterior's parameters.")]
    public NetworkConfig Encoder { get; init; } = new MlpConfig();

    /// <summary>p(x|h, z).</summary>
    [Key("The network from h and z to the likelihood's parameters.")]
    public NetworkConfig Decoder { get; init; } = new MlpConfig();

    /// <summary>p(x|h, z).</summary>
    [Key("The likelihood of x at a step.")]
    public LikelihoodConfig Likelihood { get; init; } = new BernoulliConfig();

    /// <inheritdoc/>
    public override LikelihoodConfig? PartLikelihood => Likelihood;

    /// <inheritdoc/>
    public override IEnumerable<(string Key, NetworkConfig Network)> Networks =>
        [("model.transition", Transition), ("model.encoder", Encoder), ("model.decoder", Decoder)];

    /// <inheritdoc/>
    public override string InWords() => $"recurrent, z {Latent} a step, {Layers} LSTM of {Hidden}, {Kind(Likelihood)}";

    /// <inheritdoc/>
    public override IEnumerable<BrokenRule> Broken(ExperimentConfig experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        if (DataShapes.Of(experiment.Data) is not ([1, _, _] or [_, _]))
        {
            yield return new(
                "model.kind",
                $"kind = \"vrnn\" is for sequences (a folder of .npy files, data \"files\") and for grey pictures, the sequences of their rows; data \"{Kind(experiment.Data)}\" is neither"
            );
        }

        foreach (var (key, network) in Networks)
        {
            if (network is not (MlpConfig or NonconvConfig))
            {
                yield return new(
                    $"{key}.kind",
                    $"the networks of kind = \"vrnn\" are of vectors: use \"mlp\" or \"nonconv\", not \"{Kind(network)}\""
                );
            }

            if (network.Norm is (NormName.Batch or NormName.Weight))
            {
                yield return new(
                    $"{key}.norm",
                    "a network that is asked at every step can't take its statistics from one: use norm = \"none\" or \"layer\""
                );
            }
        }

        if (experiment.Objective is DregObjectiveConfig)
        {
            yield return new(
                "objective.kind",
                "the objective \"dreg\" takes log q(z|x) as a function of z, which needs the whole recurrence again: use kind = \"iwae\""
            );
        }
    }
}
