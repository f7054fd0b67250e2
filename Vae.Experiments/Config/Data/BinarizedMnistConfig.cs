namespace Vae.Experiments.Config;

/// <summary>Larochelle's static binarized MNIST: 50,000 / 10,000 / 10,000 images, binarised once and for all.</summary>
[Kind(
    "binarized-mnist",
    "Larochelle's static binarized MNIST: 50,000 / 10,000 / 10,000 images, binarised once and for all."
)]
public sealed record BinarizedMnistConfig : DataConfig;
