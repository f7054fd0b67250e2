namespace Vae.Experiments.Config;

/// <summary>A variational autoencoder: q(z|x) from the encoder, p(z), and p(x|z) from the decoder.</summary>
[Kind("vae", "The variational autoencoder: q(z|x) from the encoder, the prior p(z), and p(x|z) from the decoder.")]
public sealed record VaeConfig : EncodedModelConfig;
