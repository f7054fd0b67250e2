namespace Vae.Core.Networks;

/// <summary>How the weights of a linear map or convolution begin.</summary>
public enum WeightStart
{
    /// <summary>Weights and biases ~ U(±1 / √fan_in), PyTorch's default.</summary>
    Default,

    /// <summary>Weights ~ U(±√(6 / (fan_in + fan_out))) and biases 0. Glorot and Bengio 2010, eq. 16.</summary>
    Xavier,

    /// <summary>Weights ~ N(0, 2 / (fan_in + fan_out)) and biases 0: the same variance.</summary>
    XavierNormal,
}
