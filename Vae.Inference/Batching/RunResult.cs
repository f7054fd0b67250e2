using Microsoft.ML.OnnxRuntime;

namespace Vae.Inference.Batching;

/// <summary>What a run gave one of its requests: its rows of the outputs, in ONNX Runtime's own memory until it is disposed.</summary>
public readonly record struct RunResult(RunOutputs Outputs, int FirstRow, int Rows) : IDisposable
{
    /// <summary>The shape of an output, by its place in the model's signature.</summary>
    public long[] Shape(int output) => Outputs.Shape(output, Rows);

    /// <summary>The bytes of an output.</summary>
    public ReadOnlySpan<byte> Data(int output) => Outputs.Data(output, FirstRow, Rows);

    public void Dispose() => Outputs.Release();
}

/// <summary>The outputs of one run, shared by the requests that it was for; freed with the last of them.</summary>
public sealed class RunOutputs
{
    private readonly IDisposableReadOnlyCollection<OrtValue> values;
    private readonly OrtValue?[] byIndex;
    private readonly int rows;
    private int holders;

    /// <param name="values">The outputs.</param>
    /// <param name="byIndex">The same by their places in the model's signature; null where one wasn't computed.</param>
    /// <param name="rows">Rows of the whole batch; 0: the model has no batch axis.</param>
    /// <param name="holders">How many requests it is for.</param>
    internal RunOutputs(IDisposableReadOnlyCollection<OrtValue> values, OrtValue?[] byIndex, int rows, int holders)
    {
        (this.values, this.byIndex, this.rows, this.holders) = (values, byIndex, rows, holders);
    }

    internal long[] Shape(int output, int part)
    {
        long[] shape = byIndex[output]!.GetTensorTypeAndShape().Shape;
        return rows == 0 ? shape : [part, .. shape[1..]];
    }

    internal ReadOnlySpan<byte> Data(int output, int first, int part)
    {
        Span<byte> all = byIndex[output]!.GetTensorMutableRawData();
        if (rows == 0)
        {
            return all;
        }

        int row = all.Length / rows;
        return all.Slice(first * row, part * row);
    }

    internal void Release()
    {
        if (Interlocked.Decrement(ref holders) == 0)
        {
            values.Dispose();
        }
    }
}
