namespace Vae.Experiments.Config;

/// <summary>The function after a hidden layer.</summary>
public enum ActivationName
{
    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>tanh x.</summary>
    Tanh,

    /// <summary>x where x > 0, else exp(x) − 1.</summary>
    Elu,

    /// <summary>log(1 + exp(x)).</summary>
    Softplus,
}
