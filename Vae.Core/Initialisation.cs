using Vae.Core.Flows;
using Vae.Core.Networks;
using Vae.Primitives;
using Vae.Torch;

namespace Vae.Core;

/// <summary>Draws a model's first parameters: a pure function of the seed and each parameter's name.</summary>
/// <remarks>
/// Linear layers, masked or not: weight and bias ~ U(−1/√I, 1/√I) with I inputs, PyTorch's default (LeCun et al. 1998, Efficient BackProp).
/// The gate's bias of an inverse autoregressive flow: the constant that it was made with.
/// </remarks>
public static class Initialisation
{
    /// <summary>Fills every parameter in place.</summary>
    /// <exception cref="ArgumentException">A parameter belongs to a layer that isn't known here.</exception>
    public static void Draw(nn.Module module, uint seed)
    {
        ArgumentNullException.ThrowIfNull(module);
        using IDisposable off = no_grad();
        var drawn = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var (path, layer) in module.named_modules().Prepend(("", module)))
        {
            switch (layer)
            {
                case Linear linear:
                    Uniform(path, linear.weight, linear.bias);
                    break;
                case MaskedLinear masked:
                    Uniform(path, masked.Weight, masked.Bias);
                    break;
                case InverseAutoregressiveFlow flow:
                    flow.GateBias.fill_(flow.InitialGateBias);
                    drawn.Add(flow.GateBias);
                    break;
                default:
                    break;
            }
        }

        foreach (var (name, parameter) in module.named_parameters())
        {
            if (!drawn.Contains(parameter))
            {
                throw new ArgumentException($"Nothing says how parameter '{name}' of {module.GetName()} begins.");
            }
        }

        void Uniform(string path, Parameter weight, Parameter? bias)
        {
            double bound = 1 / Math.Sqrt(weight.shape[1]);
            Fill(weight, Join(path, "weight"), seed, bound);
            drawn.Add(weight);
            if (bias is not null)
            {
                Fill(bias, Join(path, "bias"), seed, bound);
                drawn.Add(bias);
            }
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static void Fill(Parameter parameter, string name, uint seed, double bound)
    {
        using var scope = NewDisposeScope();
        var key = new PhiloxKey(seed, Philox.StreamOf(name));
        Tensor one = zeros([1], ScalarType.Int64);
        Tensor numbers = PhiloxTensor.Uniform(key, 0, one, 0, 1, parameter.numel());
        parameter.copy_(numbers.view(parameter.shape).mul(2 * bound).sub(bound));
    }
}
