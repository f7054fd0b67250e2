using Vae.Primitives;
using Vae.Torch;

namespace Vae.Core.Estimators;

/// <summary>The noise of C chains for each of B examples; each draw is the next step of a Philox stream, whatever the batch is.</summary>
internal sealed class ChainNoise(PhiloxKey key, Tensor examples, long chains)
{
    private long drawn;

    /// <summary>Standard normal: [C, B, width].</summary>
    public Tensor Normal(long width) => PhiloxTensor.Normal(key, drawn++, examples, 0, chains, width);

    /// <summary>Uniform in [0, 1): [C, B].</summary>
    public Tensor Uniform() => PhiloxTensor.Uniform(key, drawn++, examples, 0, chains, 1).squeeze(-1);
}
