using Vae.Core.Networks;

namespace Vae.Core;

/// <summary>Draws a model's first parameters: a pure function of the seed and each parameter's name.</summary>
/// <remarks>
/// Linear layers, masked or not: weight and bias ~ U(−1/√I, 1/√I) with I inputs, PyTorch's default (LeCun et al. 1998, Efficient BackProp).
/// Every other module with parameters of its own says it itself, as <see cref="IDrawn"/>.
/// </remarks>
public static class Initialisation
{
    /// <summary>Fills every parameter in place.</summary>
    /// <exception cref="ArgumentException">A parameter belongs to a layer that isn't known here.</exception>
    public static void Draw(nn.Module module, uint seed)
    {
        ArgumentNullException.ThrowIfNull(module);
        using IDisposable off = no_grad();
        var draws = new Draws(module, seed);
        foreach (nn.Module layer in module.named_modules().Select(m => m.module).Prepend(module))
        {
            switch (layer)
            {
                case IDrawn drawn:
                    drawn.Draw(draws);
                    break;
                case Linear linear:
                    Uniform(linear.weight, linear.bias);
                    break;
                case MaskedLinear masked:
                    Uniform(masked.Weight, masked.Bias);
                    break;
                default:
                    break;
            }
        }

        if (draws.Missing.FirstOrDefault() is { } name)
        {
            throw new ArgumentException($"Nothing says how parameter '{name}' of {module.GetName()} begins.");
        }

        void Uniform(Parameter weight, Parameter? bias)
        {
            double bound = 1 / Math.Sqrt(weight.shape[1]);
            draws.Uniform(weight, bound);
            if (bias is not null)
            {
                draws.Uniform(bias, bound);
            }
        }
    }
}
