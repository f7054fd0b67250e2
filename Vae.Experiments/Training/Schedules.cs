using Vae.Core.Objectives;
using Vae.Experiments.Config;

namespace Vae.Experiments.Training;

/// <summary>The numbers that change in training, as functions of the step alone.</summary>
public sealed class Schedules(ExperimentConfig config, long dimensions, Course course)
{
    /// <summary>The learning rate of a step.</summary>
    public double LearningRate(long step) => config.Optimizer.Lr.At(step, course);

    /// <summary>The objective's numbers at a step.</summary>
    public ObjectiveValues Objective(long step) =>
        config.Objective is not ElboObjectiveConfig elbo
            ? ObjectiveValues.Plain
            : new ObjectiveValues(
                elbo.Beta.At(step, course) * elbo.KlFactor(dimensions, config.ImagesPerStep) * Part(elbo),
                elbo.Capacity?.At(step, course),
                Part(elbo)
            );

    /// <summary>The parameters that move at a step.</summary>
    public PhasePartName Part(long step)
    {
        ConfigList<PhaseConfig> phases = config.Train.Phases;
        long left = phases.Count == 0 ? 0 : step % phases.Sum(phase => (long)phase.Steps);
        foreach (PhaseConfig phase in phases)
        {
            if (left < phase.Steps)
            {
                return phase.Part;
            }

            left -= phase.Steps;
        }

        return PhasePartName.Both;
    }

    /// <summary>What multiplies the KL beside the reconstruction at the last step; null where the bound has no such part.</summary>
    public double? EffectiveKlWeight =>
        config.Objective is ElboObjectiveConfig ? Objective(course.TotalSteps - 1).EffectiveKlWeight : null;

    private double Part(ElboObjectiveConfig elbo) => elbo.Reconstruction == ReductionName.Mean ? 1.0 / dimensions : 1;
}
