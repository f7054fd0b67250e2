using Vae.Core.Networks;
using Vae.Primitives;
using Vae.Torch;

namespace Vae.Core.Graphs;

public sealed partial class TensorGraph
{
    private long dropouts;

    /// <summary>What dropout draws from in a step of training; null outside of training, where it does nothing.</summary>
    /// <remarks>Each mask of a step has a number of its own, so a graph that drops out is made anew for every step.</remarks>
    public (PhiloxKey Key, long Step)? Dropped { get; init; }

    /// <summary>x W₁ᵀ + more W₂ᵀ + b: where x has fewer rows than the sum, its product isn't made for each of them.</summary>
    public Tensor Linear(Tensor x, Tensor more, Kernel kernel, Parameter? bias)
    {
        if (kernel.Gain is not null)
        {
            return Linear(Concat(x, more), kernel, bias);
        }

        long split = x.shape[^1];
        Tensor first = kernel.Weight.narrow(1, 0, split);
        Tensor second = kernel.Weight.narrow(1, split, kernel.Weight.shape[1] - split);
        return Product(x, first, null) + Product(more, second, bias);
    }

    /// <inheritdoc/>
    public Tensor Dropout(Tensor x, double rate)
    {
        if (Dropped is not var (key, step))
        {
            return x;
        }

        Tensor zero = zeros([1], ScalarType.Int64, x.device);
        Tensor uniform = PhiloxTensor.Uniform(key, step, zero, dropouts++, 1, x.numel());
        return x * uniform.ge(rate).to(x.dtype).div(1 - rate).view(x.shape);
    }
}
