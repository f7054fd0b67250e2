using Vae.Experiments.Data;
using Vae.Primitives;
using Vae.Torch;

namespace Vae.Experiments.Training;

/// <summary>A whole split on the device, as bytes; batches are gathered, converted and binarised there.</summary>
public sealed class DeviceSplit : IDisposable
{
    private readonly Tensor elements;
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
    }

    /// <summary>"train", "valid" or "test".</summary>
    public string Name { get; }

    /// <summary>Number of examples.</summary>
    public long Count { get; }

    /// <summary>The label of each example, -1 where it isn't known; null where there are no labels.</summary>
    public IReadOnlyList<int>? Labels { get; }

    /// <summary>The steps of each sequence; null where all are whole.</summary>
    public IReadOnlyList<int>? Lengths { get; }

    /// <summary>The examples of the given numbers, as the model sees them. rows: [B] → [B, D].</summary>
    /// <remarks>u ~ U(0, 1) of dynamic binarisation, x = [pixel / 255 &gt; u], and of dequantisation, x = (pixel + u) / 256, is a function of (key, step, example, pixel).</remarks>
    public Tensor Take(Tensor rows, PhiloxKey key, long step)
    {
        Tensor raw = elements.index_select(0, rows);
        return binarisation switch
        {
            Binarisation.None => raw,
            Binarisation.Grey => raw.@float().div_(255),
            Binarisation.Dequantised => raw.@float().add_(Uniform()).div_(256),
            Binarisation.Dynamic => raw.@float().gt(Uniform().mul_(255)).@float(),
            _ => raw.gt(127).@float(),
        };

        Tensor Uniform() => PhiloxTensor.Uniform(key, step, rows, 0, 1, raw.shape[1]).view(raw.shape);
    }

    /// <inheritdoc/>
    public void Dispose() => elements.Dispose();
}
