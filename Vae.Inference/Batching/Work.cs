using System.Diagnostics;
using Vae.Inference.Protocol;

namespace Vae.Inference.Batching;

/// <summary>A request in the queue: what is to be computed, and who waits for it.</summary>
/// <param name="inputs">In the model's order; they have to stay as they are until the work is done or withdrawn.</param>
/// <param name="rows">The batch's size.</param>
/// <param name="outputs">What is wanted.</param>
/// <param name="alone">Never computed together with others: then its numbers are the same to the last bit whoever else asks.</param>
public sealed class Work(Tensor[] inputs, int rows, IReadOnlyList<WantedOutput> outputs, bool alone = false)
{
    private readonly TaskCompletionSource<RunResult> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Tensor[] Inputs { get; } = inputs;

    public int Rows { get; } = rows;

    public IReadOnlyList<WantedOutput> Outputs { get; } = outputs;

    public bool Alone { get; } = alone;

    internal LinkedListNode<Work>? Place { get; set; }

    internal long Since { get; } = Stopwatch.GetTimestamp();

    internal Task<RunResult> Result => done.Task;

    internal void Finish(RunResult result) => done.SetResult(result);

    internal void Fail(Exception reason) => done.SetException(reason);

    /// <summary>Whether both may be computed together: their tensors differ in the number of rows alone.</summary>
    internal bool Fits(Work other)
    {
        for (int i = 0; i < Inputs.Length; i++)
        {
            if (!Inputs[i].Shape.AsSpan(1).SequenceEqual(other.Inputs[i].Shape.AsSpan(1)))
            {
                return false;
            }
        }

        return !Alone && !other.Alone;
    }
}
