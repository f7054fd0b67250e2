namespace TorchSharp;

public static partial class torch
{
    /// <summary>How an image is resized.</summary>
    public enum InterpolationMode
    {
        Nearest = 0,
        Bilinear = 2,
    }
}
