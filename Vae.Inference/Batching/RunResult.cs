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
    private readonly Output[] outputs;
    private readonly int rows;
    private int holders;

    /// <param name="values">The outputs that were computed.</param>
    /// <param name="places">Their places in the model's signature.</param>
    /// <param name="count">How many outputs the signature has.</param>
    /// <param name="rows">Rows of the whole batch; 0: the model has no batch axis.</param>
    /// <param name="holders">How many requests it is for.</param>
    internal RunOutputs(
        IDisposableReadOnlyCollection<OrtValue> values,
        ReadOnlySpan<int> places,
        int count,
        int rows,
        int holders
    )
    {
        (this.values, this.rows, this.holders) = (values, rows, holders);
        outputs = new Output[count];
        for (int i = 0; i < places.Length; i++)
        {
            outputs[places[i]] = Output.Of(values[i]);
        }
    }

    internal long[] Shape(int output, int part) =>
        rows == 0 ? outputs[output].Shape : [part, .. outputs[output].Shape.AsSpan(1)];

    internal ReadOnlySpan<byte> Data(int output, int first, int part)
    {
        ReadOnlySpan<byte> all = outputs[output].Data;
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

    // Where an output lies and what shape it has, asked once for all requests of the batch.
    private readonly unsafe record struct Output(long[] Shape, nint Address, int Length)
    {
        public ReadOnlySpan<byte> Data => new((void*)Address, Length);

        public static Output Of(OrtValue value)
        {
            Span<byte> data = value.GetTensorMutableRawData();
            fixed (byte* address = data) // native memory: it stays where it is
            {
                return new Output(value.GetTensorTypeAndShape().Shape, (nint)address, data.Length);
            }
        }
    }
}
