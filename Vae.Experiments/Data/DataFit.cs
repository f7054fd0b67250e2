using System.Globalization;
using Vae.Experiments.Config;

namespace Vae.Experiments.Data;

/// <summary>Whether a model is of the data, as far as only the data itself tells: the config's rules see no values.</summary>
public static class DataFit
{
    /// <summary>Looks for values outside of the likelihood's, and for labels that are missing.</summary>
    /// <exception cref="ExperimentException">There are some (exit code 3), with their place.</exception>
    public static void Check(ModelConfig model, Dataset dataset)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(dataset);
        foreach (Split split in new[] { dataset.Train, dataset.Valid, dataset.Test })
        {
            if (
                model.PartLikelihood is BernoulliConfig or ContinuousBernoulliConfig
                && split.Values is { } values
                && Array.FindIndex(values, value => value is < 0 or > 1) is >= 0 and var outside
            )
            {
                throw new ExperimentException(
                    ExitCode.Data,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"example {outside / dataset.Dimensions} of the {split.Name} split has the value {values[outside]}, and the likelihood is of values from 0 to 1: use model.likelihood \"unit-gaussian\" or \"gaussian\", or scale the data"
                    )
                );
            }

            if (model.NeedsLabels && split.Count > 0 && split.Labels is null)
            {
                throw new ExperimentException(
                    ExitCode.Data,
                    $"the {split.Name} split has no labels, and this model is of x given its label: [data] {split.Name}_labels, or folders of classes, say them"
                );
            }

            if (model.NeedsLabels && split.Labels?.ToList().IndexOf(-1) is >= 0 and var place)
            {
                throw new ExperimentException(
                    ExitCode.Data,
                    $"example {place} of the {split.Name} split has no label, and this model is of x given its label: leave such examples out, or give the model a [model.classifier]"
                );
            }
        }
    }
}
