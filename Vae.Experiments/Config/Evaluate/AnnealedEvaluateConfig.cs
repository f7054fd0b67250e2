using System.Globalization;
using Vae.Core.Estimators;

namespace Vae.Experiments.Config;

/// <summary>What the estimates by annealed chains have in common.</summary>
public abstract record AnnealedEvaluateConfig : EvaluateConfig, IRules
{
    /// <summary>Chains an example.</summary>
    [Key("Chains for each example; the estimate is the log of their mean weight.", Min = 1, Smoke = 4)]
    public int Chains { get; init; } = 16;

    /// <summary>Temperatures.</summary>
    [Key("Temperatures from the start to p(x, z), both included.", Min = 2, Smoke = 5)]
    public int Temperatures { get; init; } = 500;

    /// <summary>The schedule.</summary>
    [Key("How the temperatures are spread: closer together at both ends, or equally.")]
    public AnnealingSchedule Schedule { get; init; } = AnnealingSchedule.Sigmoid;

    /// <summary>The start.</summary>
    [Key(
        "Where chains start: at the prior, or at q(z|x), which needs fewer temperatures but its density at any z (no flows, no sequences)."
    )]
    public AnnealingStart Start { get; init; } = AnnealingStart.Prior;

    /// <summary>Moves of the pilot.</summary>
    [Key(
        "Moves that the pilot run makes at least, which finds the step sizes on the first 16 examples; 0: no pilot, step_size holds.",
        Min = 0,
        Smoke = 5
    )]
    public int Pilot { get; init; } = 500;

    /// <summary>The first step size.</summary>
    [Key("The step size with which the pilot begins.", Above = 0)]
    public double StepSize { get; init; } = 0.01;

    /// <summary>The smallest step size.</summary>
    [Key("The smallest step size.", Above = 0)]
    public double MinStepSize { get; init; } = 1e-4;

    /// <summary>The largest step size.</summary>
    [Key("The largest step size.", Above = 0)]
    public double MaxStepSize { get; init; } = 0.5;

    /// <summary>Smoothing of the acceptance.</summary>
    [Key("How much of the running acceptance is kept at each move.", Min = 0, Below = 1)]
    public double Smoothing { get; init; } = 0.9;

    /// <summary>Factor upwards.</summary>
    [Key("The step size's factor where more than the target is accepted.", Min = 1)]
    public double Increase { get; init; } = 1.02;

    /// <summary>Factor downwards.</summary>
    [Key("The step size's factor where less than the target is accepted.", Above = 0, Max = 1)]
    public double Decrease { get; init; } = 0.98;

    /// <inheritdoc/>
    public override long Count => Chains;

    /// <inheritdoc/>
    public override string Settings =>
        string.Create(
                CultureInfo.InvariantCulture,
                $"temperatures={Temperatures} steps={Moves.Steps} start={Start} schedule={Schedule}"
            )
            .ToLowerInvariant();

    /// <summary>As the estimator takes it.</summary>
    public Annealing Annealing =>
        new()
        {
            Temperatures = Temperatures,
            Schedule = Schedule,
            Start = Start,
            Kernel = Moves.Kernel,
            Steps = Moves.Steps,
            PilotMoves = Pilot,
            StepSize = new StepSize
            {
                Initial = StepSize,
                Target = Moves.Target,
                Smoothing = Smoothing,
                Increase = Increase,
                Decrease = Decrease,
                Min = MinStepSize,
                Max = MaxStepSize,
            },
        };

    /// <summary>What moves the chains.</summary>
    protected abstract (AnnealingKernel Kernel, int Steps, double Target) Moves { get; }

    /// <inheritdoc/>
    public IEnumerable<BrokenRule> Broken()
    {
        if (StepSize < MinStepSize || StepSize > MaxStepSize)
        {
            yield return new("step_size", "step_size must lie between min_step_size and max_step_size");
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<BrokenRule> Broken(ExperimentConfig experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        if (experiment.Model is VrnnConfig)
        {
            yield return new(
                "kind",
                "annealed chains need a start whose density is known for the whole z; in a model of sequences each step's z depends on the observed steps before it: use kind = \"importance\""
            );
        }
        else if (
            Start == AnnealingStart.Posterior
            && experiment.Model is FactorAnalysisModelConfig or EncodedModelConfig { Flows.Count: > 0 }
        )
        {
            yield return new(
                "start",
                "start = \"posterior\" needs log q(z|x) at any z, which this model's posterior has only at its own samples: use start = \"prior\""
            );
        }
    }
}
