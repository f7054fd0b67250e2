using Vae.Core.Networks;

namespace Vae.Core.Graphs;

public partial interface IGraph<T>
{
    /// <summary>(x − μ) / √(σ² + ε) · w + b for each channel; training, it moves the running averages. [..., D] or [..., C, H, W], the same out.</summary>
    T BatchNorm(T x, BatchNormalisation norm);

    /// <summary>The ELU of batch-normalised numbers, of the same shape.</summary>
    T BatchNormElu(T x, BatchNormalisation norm) => Elu(BatchNorm(x, norm));
}
