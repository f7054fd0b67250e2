namespace Vae.Experiments.Config;

/// <summary>What the factors of matrix products and convolutions are rounded to in a training step.</summary>
public enum PrecisionName
{
    /// <summary>Nothing is rounded: 24 bits.</summary>
    Float32,

    /// <summary>NVIDIA's TensorFloat-32: 11 bits, exponents as float32's.</summary>
    Tf32,

    /// <summary>bfloat16: 8 bits, exponents as float32's.</summary>
    Bfloat16,
}
