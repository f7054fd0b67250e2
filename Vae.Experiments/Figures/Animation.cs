using Vae.Primitives;

namespace Vae.Experiments.Figures;

/// <summary>Canvases of one size, one after the other, as an animated PNG file.</summary>
public static class Animation
{
    /// <summary>Writes the file, whole or not at all; what doesn't know animations shows the last frame.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="frames">At least one.</param>
    /// <param name="delay">How long a frame stays, in ms.</param>
    /// <param name="pause">How long the last one stays before all begins again, in ms.</param>
    public static void Save(string path, IReadOnlyList<Canvas> frames, int delay = 80, int pause = 1500)
    {
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentOutOfRangeException.ThrowIfZero(frames.Count, nameof(frames));
        var (width, height) = (frames[0].Width, frames[0].Height);
        ReadOnlyMemory<byte>[] pixels = [.. frames.Select(frame => (ReadOnlyMemory<byte>)frame.Pixels.ToArray())];
        AtomicFile.Write(
            path,
            stream => AnimatedPng.Write(stream, width, height, 3, pixels, delay, pause, stillIsLast: true)
        );
    }
}
