using Vae.Experiments.Config;

namespace Vae.Experiments.Training;

/// <summary>What a precision means to the engine.</summary>
public static class Precision
{
    /// <summary>The type that the graph rounds the factors of a layer's product to; null: none.</summary>
    public static ScalarType? Factors(this PrecisionName precision) =>
        precision == PrecisionName.Bfloat16 ? ScalarType.BFloat16 : null;

    /// <summary>Lets a GPU compute in TensorFloat-32, where that is the precision, until it is disposed; outside it doesn't.</summary>
    public static IDisposable Begin(this PrecisionName precision)
    {
        Allow(precision == PrecisionName.Tf32);
        return new End();
    }

    private static void Allow(bool tf32) => backends.cuda.matmul.allow_tf32 = backends.cudnn.allow_tf32 = tf32;

    private sealed class End : IDisposable
    {
        public void Dispose() => Allow(false);
    }
}
