using Vae.Primitives;
using Vae.Torch;

namespace Vae.Core;

/// <summary>Draws a model's first parameters: a pure function of the seed and each parameter's name.</summary>
/// <remarks>
/// Linear layers: weight and bias ~ U(−1/√I, 1/√I) with I inputs, PyTorch's default (LeCun et al. 1998, Efficient BackProp).
/// </remarks>
public static class Initialisation
{
    /// <summary>Fills the parameters of every layer in place.</summary>
    public static void Draw(nn.Module module, uint seed)
    {
        using IDisposable off = no_grad();
        foreach (var (path, layer) in module.named_modules())
        {
            if (layer is Linear linear)
            {
                double bound = 1 / Math.Sqrt(linear.weight.shape[1]);
                Uniform(linear.weight, $"{path}.weight", seed, bound);
                if (linear.bias is { } bias)
                {
                    Uniform(bias, $"{path}.bias", seed, bound);
                }
            }
        }
    }

    private static void Uniform(Parameter parameter, string name, uint seed, double bound)
    {
        using var scope = NewDisposeScope();
        var key = new PhiloxKey(seed, Philox.StreamOf(name));
        Tensor one = zeros([1], ScalarType.Int64);
        Tensor numbers = PhiloxTensor.Uniform(key, 0, one, 0, 1, parameter.numel());
        parameter.copy_(numbers.view(parameter.shape).mul(2 * bound).sub(bound));
    }
}
