using Vae.Core.Models;
using Vae.Experiments.Data;
using Vae.Primitives;
using Vae.Torch;

namespace Vae.Experiments.Training;

/// <summary>A whole split on the device, as bytes; batches are gathered, converted and binarised there.</summary>
public sealed class DeviceSplit : IDisposable
{
    private readonly Tensor elements;
    private readonly Tensor? labels;
    private readonly Tensor? lengths;
    private readonly Binarisation binarisation;

    /// <summary>Moves the split to the device.</summary>
    public DeviceSplit(Split split, int dimensions, Binarisation binarisation, Device device)
    {
        ArgumentNullException.ThrowIfNull(split);
        this.binarisation = binarisation;
        Name = split.Name;
        Count = split.Count;
        Labels = split.Labels;
        Lengths = split.Lengths;
        using var scope = NewDisposeScope();
        Tensor host = split.Pixels is { } pixels
            ? tensor(pixels, [Count, dimensions])
            : tensor(split.Values!, [Count, dimensions]);
        elements = host.to(device).DetachFromDisposeScope();
        labels = Numbers(split.Labels);
        lengths = Numbers(split.Lengths);

        Tensor? Numbers(int[]? all) =>
            all is null
                ? null
                : tensor([.. all.Select(number => (long)number)], [Count]).to(device).DetachFromDisposeScope();
    }

    /// <summary>"train", "valid" or "test".</summary>
    public string Name { get; }

    /// <summary>Number of examples.</summary>
    public long Count { get; }

    /// <summary>The label of each example, -1 where it isn't known; null where there are no labels.</summary>
    public IReadOnlyList<int>? Labels { get; }

    /// <summary>The steps of each sequence; null where all are whole.</summary>
    public IReadOnlyList<int>? Lengths { get; }

    /// <summary>All examples of real-valued data: [N, D].</summary>
    public Tensor All => elements.detach();

    /// <summary>The examples of the given numbers, as the model sees them. rows: [B] → [B, D].</summary>
    /// <remarks>u ~ U(0, 1) of dynamic binarisation, x = [pixel / 255 &gt; u], and of dequantisation, x = (pixel + u) / 256, is a function of (key, step, example, pixel).</remarks>
    public Tensor Take(Tensor rows, PhiloxKey key, long step)
    {
        if (binarisation == Binarisation.Dynamic)
        {
            return PhiloxTensor.Binarise(key, step, elements, rows);
        }

        Tensor raw = elements.index_select(0, rows);
        return binarisation switch
        {
            Binarisation.None => raw,
            Binarisation.Grey => raw.@float().div_(255),
            Binarisation.Dequantised => raw.@float().add_(Uniform()).div_(256),
            _ => raw.gt(127).@float(),
        };

        Tensor Uniform() => PhiloxTensor.Uniform(key, step, rows, 0, 1, raw.shape[1]).view(raw.shape);
    }

    /// <summary>The examples as a model observes them in training or in estimates, with labels where it asks for them: rows with a single 1, or with none where a label isn't known.</summary>
    public Observed<Tensor> Observe(Tensor rows, PhiloxKey key, long step, LatentVariableModel model, bool training)
    {
        ArgumentNullException.ThrowIfNull(model);
        bool labelled = model.LabelUse == LabelUse.Always || (training && model.LabelUse == LabelUse.Training);
        return new Observed<Tensor>(Take(rows, key, step))
        {
            Label = labelled && labels is not null ? OneHot(labels.index_select(0, rows), model.Classes) : null,
            Present =
                lengths is not null && model.Steps > 0
                    ? arange(model.Steps, ScalarType.Int64, lengths.device)
                        .lt(lengths.index_select(0, rows).unsqueeze(1))
                        .to(ScalarType.Float32)
                    : null,
        };
    }

    /// <summary>Rows with a single 1. labels: [B] → [B, Y].</summary>
    public static Tensor OneHot(Tensor labels, long classes) =>
        labels.unsqueeze(1).eq(arange(classes, ScalarType.Int64, labels.device)).to(ScalarType.Float32);

    /// <inheritdoc/>
    public void Dispose()
    {
        elements.Dispose();
        labels?.Dispose();
        lengths?.Dispose();
    }
}
