namespace Vae.Experiments.Config;

/// <summary>A network: the encoder's or the decoder's.</summary>
[Table("A network: the encoder's or the decoder's.")]
public abstract record NetworkConfig;
