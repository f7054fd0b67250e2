using System.Buffers;
using Microsoft.ML.OnnxRuntime;
using Vae.Inference.Protocol;

namespace Vae.Inference.Batching;

/// <summary>Runs a session on the requests of a batch, one below the other.</summary>
internal sealed class Runner(InferenceSession session, ModelSignature signature) : IDisposable
{
    private readonly RunOptions options = new();

    /// <summary>Computes what any of them wants, in one run.</summary>
    public RunOutputs Run(IReadOnlyList<Work> batch)
    {
        int rows = batch.Sum(w => w.Rows);
        var pins = new List<Pinned>(signature.Inputs.Count);
        var values = new List<OrtValue>(signature.Inputs.Count);
        try
        {
            for (int i = 0; i < signature.Inputs.Count; i++)
            {
                long[] shape = batch[0].Inputs[i].Shape;
                Pinned pinned = Pinned.Of(batch, i, signature.Inputs[i].Datatype.Size);
                pins.Add(pinned);
                values.Add(
                    OrtValue.CreateTensorValueWithData(
                        OrtMemoryInfo.DefaultInstance,
                        signature.Inputs[i].Datatype.Element,
                        batch.Count == 1 ? shape : [rows, .. shape[1..]],
                        pinned.Address,
                        pinned.Length
                    )
                );
            }

            int[] wanted = Wanted(batch);
            var outputs = session.Run(
                options,
                signature.InputNames,
                values,
                Array.ConvertAll(wanted, i => signature.OutputNames[i])
            );
            try
            {
                return new RunOutputs(
                    outputs,
                    wanted,
                    signature.Outputs.Count,
                    signature.Batches ? rows : 0,
                    batch.Count
                );
            }
            catch
            {
                outputs.Dispose(); // one of them has more than 2 GiB
                throw;
            }
        }
        finally
        {
            values.ForEach(v => v.Dispose());
            pins.ForEach(p => p.Dispose());
        }
    }

    // The places of all outputs that somebody asks for.
    private static int[] Wanted(IReadOnlyList<Work> batch)
    {
        var places = new SortedSet<int>();
        foreach (Work work in batch)
        {
            foreach (WantedOutput output in work.Outputs)
            {
                places.Add(output.Index);
            }
        }

        return [.. places];
    }

    public void Dispose() => options.Dispose();

    /// <summary>The bytes of one input of a batch, at an address that stays: the request's own where it is the only one and aligned, otherwise a copy.</summary>
    private readonly unsafe struct Pinned : IDisposable
    {
        private readonly MemoryHandle handle;
        private readonly byte[]? copy;

        private Pinned(ReadOnlyMemory<byte> bytes, byte[]? copy)
        {
            (handle, Length, this.copy) = (bytes.Pin(), bytes.Length, copy);
        }

        public int Length { get; }

        public IntPtr Address => (IntPtr)handle.Pointer;

        public static Pinned Of(IReadOnlyList<Work> batch, int input, int alignment)
        {
            if (batch.Count == 1)
            {
                var own = new Pinned(batch[0].Inputs[input].Data, null);
                if (own.Address % alignment == 0)
                {
                    return own;
                }

                own.Dispose();
            }

            int length = batch.Sum(w => w.Inputs[input].Data.Length);
            byte[] copy = ArrayPool<byte>.Shared.Rent(length);
            int at = 0;
            foreach (Work work in batch)
            {
                work.Inputs[input].Data.Span.CopyTo(copy.AsSpan(at));
                at += work.Inputs[input].Data.Length;
            }

            return new Pinned(copy.AsMemory(0, length), copy);
        }

        public void Dispose()
        {
            handle.Dispose();
            if (copy is not null)
            {
                ArrayPool<byte>.Shared.Return(copy);
            }
        }
    }
}
