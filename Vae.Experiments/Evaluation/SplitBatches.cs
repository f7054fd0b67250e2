using Vae.Core.Models;
using Vae.Experiments.Training;
using Vae.Primitives;

namespace Vae.Experiments.Evaluation;

/// <summary>A split's examples some at a time, as they are for every estimate: dynamic pixels binarised once and for all by the run's seed.</summary>
internal sealed class SplitBatches(LatentVariableModel model, Streams streams, CancellationToken cancellation)
{
    /// <summary>Does something with the first examples (null: all) and their numbers, the model being in evaluation mode.</summary>
    internal List<T> Of<T>(DeviceSplit split, long? maxExamples, long atOnce, Func<Observed<Tensor>, Tensor, T> work)
    {
        long count = Count(split, maxExamples);
        Device device = model.parameters().First().device;
        PhiloxKey binarise = streams.Binarise(split.Name + "/evaluate");
        var made = new List<T>();
        bool training = model.training;
        model.eval();
        try
        {
            for (long start = 0; start < count; start += atOnce)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                Tensor rows = arange(start, Math.Min(start + atOnce, count), 1, ScalarType.Int64, device);
                made.Add(work(split.Observe(rows, binarise, 0, model, training: false), rows));
            }
        }
        finally
        {
            model.train(training);
        }

        return made;
    }

    /// <summary>How many examples that are.</summary>
    internal static long Count(DeviceSplit split, long? maxExamples) =>
        Math.Min(maxExamples ?? split.Count, split.Count);
}
