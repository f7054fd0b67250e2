namespace Vae.Experiments.Config;

/// <summary>The evidence lower bound (Kingma and Welling 2014, arXiv:1312.6114), and its weighted kin.</summary>
[Kind(
    "elbo",
    "The evidence lower bound (Kingma and Welling 2014, arXiv:1312.6114), log p(x|z) - beta KL; with the keys below also β-VAE, KL warm-up, free bits and capacity annealing."
)]
public sealed record ElboObjectiveConfig : ObjectiveConfig, IRules
{
    /// <summary>Samples of z an example.</summary>
    [Key("Samples of z for each example.", Min = 1, Smoke = 8)]
    public int Samples { get; init; } = 1;

    /// <summary>How the KL term is had.</summary>
    [Key("The Kullback-Leibler term: by formula, or from the samples.")]
    public KlName Kl { get; init; }

    /// <summary>What multiplies the KL.</summary>
    [Key(
        "What multiplies the KL. A schedule from 0 to 1 is KL warm-up; above 1 is β-VAE; below 1 it is no bound.",
        Min = 0
    )]
    public ScheduleConfig Beta { get; init; } = 1;

    /// <summary>The KL that training is drawn to.</summary>
    [Key(
        "C in nats: the KL's part becomes beta |KL - C| for each example (arXiv:1804.03599, eq. 8, whose gamma is `beta`).",
        Min = 0,
        Absent = "the KL itself"
    )]
    public ScheduleConfig? Capacity { get; init; }

    /// <summary>The KL that costs nothing.</summary>
    [Key(
        "λ in nats: max(λ, mean KL of the batch) in the KL's place (arXiv:1606.04934, C.8), for each latent dimension where the KL is one by formula for each, otherwise for the whole KL.",
        Min = 0
    )]
    public double FreeBits { get; init; }

    /// <summary>How the data's dimensions make one reconstruction term.</summary>
    [Key(
        "Whether log p(x|z) is the sum over the data's dimensions, as the ELBO has it, or their mean, as some published code has it: then the effective KL weight is beta times their number."
    )]
    public ReductionName Reconstruction { get; init; } = ReductionName.Sum;

    /// <summary>How the batch makes one KL term.</summary>
    [Key(
        "How the KL is reduced over the batch where published code does it otherwise than for the reconstruction: \"mean\" beside reduction = \"sum\" divides the effective KL weight by the batch size, \"sum\" beside \"mean\" multiplies it.",
        Absent = "as `reduction`"
    )]
    public ReductionName? KlReduction { get; init; }

    /// <summary>What the reductions multiply beta by, beside a reconstruction term that counts once.</summary>
    public double KlFactor(long dimensions, long batchSize) =>
        (Reconstruction == ReductionName.Mean ? dimensions : 1)
        * (KlReduction ?? Reduction, Reduction) switch
        {
            (ReductionName.Mean, ReductionName.Sum) => 1.0 / batchSize,
            (ReductionName.Sum, ReductionName.Mean) => batchSize,
            _ => 1,
        };

    /// <summary>Where what is optimised isn't the ELBO, a sentence each.</summary>
    public IEnumerable<string> Warnings(long dimensions, long batchSize)
    {
        const string Still = "The metrics elbo and log_px are bounds all the same.";
        double least = Beta.Lowest * KlFactor(dimensions, batchSize);
        if (Capacity is not null)
        {
            yield return $"objective.capacity: what is optimised, with beta |KL - C| (the metric loss), is no lower bound on log p(x). {Still}";
        }
        else if (least < 1)
        {
            yield return $"objective.beta: the effective KL weight is as low as {TomlText.Of(least)}; below 1 what is optimised (the metric loss) is no lower bound on log p(x). {Still}";
        }

        if (FreeBits > 0)
        {
            string of =
                Kl == KlName.ClosedForm ? "of each latent dimension, where it has a formula for each," : "as a whole";
            yield return $"objective.free_bits: what is optimised (the metric loss) is not the ELBO but less, as long as the KL {of} is below {TomlText.Of(FreeBits)} nats. {Still}";
        }

        if (Reconstruction == ReductionName.Mean)
        {
            yield return $"objective.reconstruction = \"mean\": the metric loss is in nats per dimension of the data, and no bound on log p(x). {Still}";
        }
    }

    /// <inheritdoc/>
    public IEnumerable<BrokenRule> Broken()
    {
        if (FreeBits > 0 && Capacity is not null)
        {
            yield return new(
                "free_bits",
                "free_bits and capacity are two ways to hold the KL up: give one (~objective.capacity takes the other out)"
            );
        }
    }
}
