namespace Vae.Core.Networks;

/// <summary>The shape of an image: C channels of H rows of W pixels; as a vector the channels come one after the other, each row by row.</summary>
public sealed record ImageShape(long Channels, long Height, long Width)
{
    /// <summary>Numbers in an image, D = C · H · W.</summary>
    public long Size => Channels * Height * Width;

    /// <summary>The same number of pixels a side less: H / s and W / s, which must be whole.</summary>
    /// <exception cref="ArgumentException">s doesn't divide the sides.</exception>
    public ImageShape Shrunk(long stride) =>
        Height % stride == 0 && Width % stride == 0
            ? this with
            {
                Height = Height / stride,
                Width = Width / stride,
            }
            : throw new ArgumentException($"Strides of {stride} in all don't divide an image of {Height}x{Width}.");

    /// <inheritdoc/>
    public override string ToString() => $"{Channels}x{Height}x{Width}";
}
