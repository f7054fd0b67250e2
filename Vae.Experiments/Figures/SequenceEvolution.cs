namespace Vae.Experiments.Figures;

/// <summary>A grid of pictures that grow row by row, as a model of sequences of rows draws them.</summary>
public static class SequenceEvolution
{
    /// <summary>A frame for each stage s = 0 ... S − 1, which shows the upper ⌈(s + 1) H / S⌉ rows of the stage's pictures; what isn't there yet is pale.</summary>
    /// <param name="stages">[N, H · W] each, with values in [0, 1]: what the pictures are like at that stage; the same array H times just uncovers it.</param>
    /// <param name="height">H, the rows of a picture.</param>
    /// <param name="width">W, the pixels in a row.</param>
    /// <param name="columns">Pictures side by side.</param>
    /// <param name="scale">Each value becomes a square of this many pixels.</param>
    public static IReadOnlyList<Canvas> Frames(
        IReadOnlyList<float[]> stages,
        int height,
        int width,
        int columns,
        int scale = 2
    )
    {
        ArgumentNullException.ThrowIfNull(stages);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        int count = stages.Count == 0 ? 0 : stages[0].Length / (height * width);
        return
        [
            .. stages.Select(
                (images, s) =>
                {
                    int rows = (((s + 1) * height) + stages.Count - 1) / stages.Count;
                    return ImageGrid.Render(images, count, 1, height, width, columns, scale, rows);
                }
            ),
        ];
    }
}
