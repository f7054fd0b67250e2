using Vae.Primitives;
using Vae.Torch;

namespace Vae.Core;

/// <summary>The random numbers from which a model's first parameters are made, each a pure function of the seed, the parameter's name and the element.</summary>
public sealed class Draws
{
    private readonly uint seed;
    private readonly Dictionary<Tensor, string> names;
    private readonly HashSet<Tensor> drawn = new(ReferenceEqualityComparer.Instance);

    internal Draws(nn.Module module, uint seed)
    {
        this.seed = seed;
        names = module
            .named_parameters()
            .ToDictionary(
                p => (Tensor)p.parameter,
                p => p.name,
                ReferenceEqualityComparer.Instance as IEqualityComparer<Tensor>
            );
    }

    /// <summary>The names of the parameters that nobody has drawn.</summary>
    internal IEnumerable<string> Missing => names.Where(p => !drawn.Contains(p.Key)).Select(p => p.Value);

    /// <summary>U(−bound, bound).</summary>
    public void Uniform(Parameter parameter, double bound) =>
        Fill(
            parameter,
            (key, zero) => PhiloxTensor.Uniform(key, 0, zero, 0, 1, parameter.numel()).mul(2 * bound).sub(bound)
        );

    /// <summary>N(mean, deviation²).</summary>
    public void Normal(Parameter parameter, double mean, double deviation) =>
        Fill(
            parameter,
            (key, zero) => PhiloxTensor.Normal(key, 0, zero, 0, 1, parameter.numel()).mul(deviation).add(mean)
        );

    /// <summary>The same number everywhere.</summary>
    public void Constant(Parameter parameter, double value)
    {
        parameter.fill_(value);
        drawn.Add(parameter);
    }

    private void Fill(Parameter parameter, Func<PhiloxKey, Tensor, Tensor> numbers)
    {
        using var scope = NewDisposeScope();
        Tensor zero = zeros([1], ScalarType.Int64);
        var key = new PhiloxKey(seed, Philox.StreamOf(names[parameter]));
        parameter.copy_(numbers(key, zero).view(parameter.shape));
        drawn.Add(parameter);
    }
}
