namespace Vae.Experiments.Config;

/// <summary>Mixtures of logistics cut into the 256 grey values (Salimans et al. 2017, arXiv:1701.05517).</summary>
[Kind(
    "discretised-logistic",
    "Each grey value k/255 a mixture of logistics cut into 256 bins, a probability; weights, means and log-scales from the decoder, colour channels apart (PixelCNN++; Salimans et al. 2017, arXiv:1701.05517, eq. 1-2)."
)]
public sealed record DiscretisedLogisticConfig : LikelihoodConfig
{
    /// <summary>Logistics a value.</summary>
    [Key("Logistics in the mixture of each value; the decoder gives three numbers for each.", Min = 1)]
    public int Components { get; init; } = 5;

    /// <inheritdoc/>
    public override string? Refuse(DataConfig data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return RefuseReal(data)
            ?? (
                data.Pixels == BinariseName.Dequantise
                    ? "the likelihood \"discretised-logistic\" is for the 256 grey values themselves, not for dequantised ones; use binarise = \"grey\" in [data]"
                : data.IsGrey ? null
                : "the likelihood \"discretised-logistic\" is for the 256 grey values, but the data is 0 or 1; use kind = \"bernoulli\", or binarise = \"grey\" in [data] where it can be"
            );
    }
}
