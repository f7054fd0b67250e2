using Vae.Experiments.Config;
using Vae.Experiments.Data;
using Vae.Torch;

namespace Vae.Experiments.Training;

/// <summary>A data set's splits on the device.</summary>
public sealed class DeviceSplits : IDisposable
{
    /// <summary>Moves all splits to the device.</summary>
    public DeviceSplits(Dataset dataset, Device device)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        Train = Move(dataset.Train);
        Valid = dataset.Valid.Count > 0 ? Move(dataset.Valid) : null;
        Test = Move(dataset.Test);

        DeviceSplit Move(Split split) => new(split, dataset.Dimensions, dataset.Binarisation, device);
    }

    /// <summary>What a model is trained on.</summary>
    public DeviceSplit Train { get; }

    /// <summary>What chooses the best weights; null where there are no such examples.</summary>
    public DeviceSplit? Valid { get; }

    /// <summary>What estimates are made of.</summary>
    public DeviceSplit Test { get; }

    /// <summary>The split of a name.</summary>
    /// <exception cref="ExperimentException">There is no validation split (2).</exception>
    public DeviceSplit Of(SplitName name) =>
        name switch
        {
            SplitName.Train => Train,
            SplitName.Test => Test,
            _ => Valid ?? throw new ExperimentException(ExitCode.Usage, "this run has no validation split"),
        };

    /// <inheritdoc/>
    public void Dispose()
    {
        Train.Dispose();
        Valid?.Dispose();
        Test.Dispose();
    }
}
