namespace Vae.Experiments.Config;

/// <summary>How weights begin.</summary>
public enum InitName
{
    /// <summary>PyTorch's default: uniform in ±1/√fan_in.</summary>
    Default,

    /// <summary>Uniform in ±√(6/(fan_in + fan_out)); biases 0.</summary>
    Xavier,

    /// <summary>Normal of the same variance, 2/(fan_in + fan_out); biases 0.</summary>
    XavierNormal,
}
