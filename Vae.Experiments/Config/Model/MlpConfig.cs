using Vae.Core.Networks;

namespace Vae.Experiments.Config;

/// <summary>Fully connected layers, each hidden one followed by the activation.</summary>
[Kind("mlp", "Fully connected layers, each hidden one followed by the activation.")]
public sealed record MlpConfig : NetworkConfig
{
    /// <summary>Widths of the hidden layers.</summary>
    [Key("Widths of the hidden layers, first to last; []: a single linear map.", Min = 1)]
    public ConfigList<int> Hidden { get; init; } = [256, 256];

    /// <summary>The function after each hidden layer.</summary>
    [Key("The function after each hidden layer.")]
    public ActivationName Activation { get; init; }

    /// <summary>Dropout.</summary>
    [Key(
        "The share of each hidden layer's numbers that training drops, others growing to make up for it (Srivastava et al. 2014).",
        Min = 0,
        Below = 1
    )]
    public double Dropout { get; init; }

    internal override LayerOptions Layers => base.Layers with { Dropout = Dropout };
}
