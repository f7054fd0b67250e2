using Vae.Core.Networks;

namespace Vae.Experiments.Config;

/// <summary>A network: the encoder's or the decoder's.</summary>
[Table("A network: the encoder's or the decoder's.")]
public abstract record NetworkConfig
{
    /// <summary>What keeps the layers' numbers in range.</summary>
    [Key(
        "What keeps the layers' numbers in range: nothing; batch norm (arXiv:1502.03167); layer norm (arXiv:1607.06450); weight norm, whose gains and biases begin as the first batch asks (arXiv:1602.07868)."
    )]
    public NormName Norm { get; init; }

    /// <summary>The share of a new batch in batch norm's running statistics.</summary>
    [Key(
        "The share of a new batch in the running mean and variance that batch norm uses outside training; 0.001 needs some thousand steps to settle.",
        Above = 0,
        Max = 1
    )]
    public double NormMomentum { get; init; } = 0.1;

    /// <summary>ε of batch and layer norm.</summary>
    [Key("What batch and layer norm add to the variance.", Above = 0)]
    public double NormEps { get; init; } = 1e-5;

    /// <summary>How the weights begin.</summary>
    [Key(
        "How weights and biases begin: both uniform in ±1/√fan_in, or weights uniform in ±√(6/(fan_in + fan_out)), or normal of the same variance, and biases 0 (Glorot and Bengio 2010)."
    )]
    public InitName Init { get; init; }

    /// <summary>Why this network doesn't fit data of a shape, at keys of this table.</summary>
    public virtual IEnumerable<BrokenRule> Misfits(IReadOnlyList<int> shape) => [];

    internal virtual LayerOptions Layers =>
        new(
            Enum.Parse<Normalisation>(Norm.ToString()),
            NormMomentum,
            NormEps,
            Enum.Parse<WeightStart>(Init.ToString())
        );

    /// <summary>Why an image network whose sides shrink by a factor doesn't fit; <paramref name="key"/> makes the factor.</summary>
    private protected static IEnumerable<BrokenRule> ImageMisfits(
        IReadOnlyList<int> shape,
        string kind,
        string key,
        long stride
    )
    {
        if (shape.Count != 3)
        {
            yield return new(
                "kind",
                $"kind = \"{kind}\" is for images, and this data has {shape[0]} numbers without rows and columns; use \"mlp\" or \"nonconv\""
            );
        }
        else if (shape[1] % stride != 0 || shape[2] % stride != 0)
        {
            yield return new(
                key,
                $"the strides make {stride} in all, which doesn't divide the data's images of {shape[1]}x{shape[2]}"
            );
        }
    }
}
