namespace Vae.Experiments.Config;

/// <summary>What the models with one encoder and one decoder have in common.</summary>
public abstract record EncodedModelConfig : ModelConfig
{
    /// <summary>The network from x to the posterior's parameters.</summary>
    [Key("The network from x to the posterior's parameters.")]
    public NetworkConfig Encoder { get; init; } = new MlpConfig();

    /// <summary>The network from z to the likelihood's parameters.</summary>
    [Key("The network from z to the likelihood's parameters.")]
    public NetworkConfig Decoder { get; init; } = new MlpConfig();

    /// <summary>q(z|x).</summary>
    [Key("The approximate posterior q(z|x).")]
    public PosteriorConfig Posterior { get; init; } = new NormalPosteriorConfig();

    /// <summary>p(z).</summary>
    [Key("The prior p(z).")]
    public PriorConfig Prior { get; init; } = new NormalPriorConfig();

    /// <summary>p(x|z).</summary>
    [Key("The likelihood p(x|z).")]
    public LikelihoodConfig Likelihood { get; init; } = new BernoulliConfig();

    /// <inheritdoc/>
    public override LikelihoodConfig? PartLikelihood => Likelihood;

    /// <inheritdoc/>
    public override IEnumerable<(string Key, NetworkConfig Network)> Networks =>
        [("model.encoder", Encoder), ("model.decoder", Decoder)];

    /// <inheritdoc/>
    public override bool HasKl => Prior.HasNormalKl && Flows.Count == 0;

    /// <summary>The posterior's flows.</summary>
    public ConfigList<FlowConfig> Flows => Posterior is NormalPosteriorConfig normal ? normal.Flows : [];

    /// <inheritdoc/>
    public override string InWords() =>
        $"z {Latent}, {Kind(Encoder)} encoder, {Kind(Decoder)} decoder, {string.Join(" + ", Flows.Select(Kind).Prepend(Kind(Posterior)))} posterior, "
        + $"{Kind(Prior)} prior, {Kind(Likelihood)}";

    /// <inheritdoc/>
    public override IEnumerable<BrokenRule> Broken(ExperimentConfig experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        if (Prior is VampPriorConfig && Flows.Count > 0)
        {
            yield return new(
                "model.prior.kind",
                "the prior \"vamp\" is a mixture of posteriors q(z|u), which needs their density at any z; after [[model.posterior.flows]] it is known only at the posterior's own samples: leave out the flows, or use kind = \"mixture\" or \"flow\""
            );
        }

        if (Prior is VampPriorConfig && Encoder.Norm is (NormName.Batch or NormName.Weight))
        {
            yield return new(
                "model.encoder.norm",
                "the prior \"vamp\" sends its pseudo-inputs through the encoder, where they would mix into the statistics of images that batch norm keeps and weight norm begins with: use norm = \"none\" or \"layer\""
            );
        }

        if (experiment.Data.IsReal && Prior is VampPriorConfig { Unit: true })
        {
            yield return new(
                "model.prior.unit",
                "the pseudo-inputs of the prior \"vamp\" are cut to [0, 1], but the data is real-valued: use unit = false in [model.prior]"
            );
        }

        if (Prior is VampPriorConfig && ClassCount > 0)
        {
            yield return new(
                "model.prior.kind",
                $"the prior \"vamp\" asks the encoder without a label, which the encoder of kind = \"{Kind(this)}\" takes: use kind = \"class\", \"normal\", \"mixture\" or \"flow\""
            );
        }

        if (Prior is ClassPriorConfig && ClassCount == 0)
        {
            yield return new(
                "model.prior.kind",
                "the prior \"class\" is p(z|y), for kind = \"cvae\" and \"gmvae\"; this model has no classes"
            );
        }

        if (!Prior.HasNormalKl && experiment.Objective is ElboObjectiveConfig { Kl: KlName.ClosedForm })
        {
            yield return new(
                "objective.kl",
                $"kl = \"closed-form\", the default, needs a formula for the KL from a normal to the prior, and there is none for the prior \"{Kind(Prior)}\": use kl = \"monte-carlo\" in [objective]"
            );
        }
        else if (Flows.Count > 0 && experiment.Objective is ElboObjectiveConfig { Kl: KlName.ClosedForm })
        {
            yield return new(
                "objective.kl",
                "kl = \"closed-form\", the default, is for a posterior whose KL to the prior has a formula; after [[model.posterior.flows]] it has none: use kl = \"monte-carlo\" in [objective]"
            );
        }

        foreach (BrokenRule rule in FlowRules.Broken(this))
        {
            yield return rule;
        }

        if (Flows.Count > 0 && experiment.Objective is DregObjectiveConfig)
        {
            yield return new(
                "objective.kind",
                "the objective \"dreg\" takes log q(z|x) as a function of z with q held fixed; after [[model.posterior.flows]] that would need the flows' inverse: use kind = \"iwae\""
            );
        }
    }
}
