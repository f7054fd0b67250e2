namespace Vae.Experiments.Config;

/// <summary>Fully connected layers that each hear the network's input again.</summary>
[Kind(
    "nonconv",
    "Fully connected layers, each of which, the output too, hears the network's input beside the layer before. An encoder's output is normalised too, a decoder's isn't."
)]
public sealed record NonconvConfig : NetworkConfig
{
    /// <summary>Batch norm with TensorFlow's settings, Xavier weights.</summary>
    public NonconvConfig() => (Norm, NormMomentum, NormEps, Init) = (NormName.Batch, 0.001, 0.001, InitName.Xavier);

    /// <summary>Widths of the hidden layers.</summary>
    [Key("Widths of the hidden layers, first to last; []: a single linear map.", Min = 1)]
    public ConfigList<int> Hidden { get; init; } = [256, 256];

    /// <summary>The function after each hidden layer.</summary>
    [Key("The function after each hidden layer.")]
    public ActivationName Activation { get; init; } = ActivationName.Elu;
}
