using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Vae.Inference.Observing;

namespace Vae.Inference.Batching;

/// <summary>One model's queue, and the thread that computes what waits in it, as many rows at once as are there and allowed.</summary>
/// <remarks>
/// The queue is bounded: a request that finds it full is turned away at once. A request whose client has gone, or whose time is up, leaves the
/// queue; one that already runs is waited for, since its numbers are read until then.
/// </remarks>
internal sealed class Batcher : IDisposable
{
    private readonly object gate = new();
    private readonly LinkedList<Work> queue = new();
    private readonly Runner runner;
    private readonly ModelStatistics statistics;
    private readonly ServiceOptions options;
    private readonly int maxBatch;
    private readonly Thread thread;
    private bool closed;

    public Batcher(string name, Runner runner, bool batches, ServiceOptions options, ModelStatistics statistics)
    {
        (this.runner, this.options, this.statistics) = (runner, options, statistics);
        maxBatch = batches ? options.MaxBatch : 1;
        thread = new Thread(Loop) { IsBackground = true, Name = name };
        thread.Start();
    }

    /// <summary>How many wait.</summary>
    public int Pending
    {
        get
        {
            lock (gate)
            {
                return queue.Count;
            }
        }
    }

    /// <summary>Queues the work and waits for its result, which the caller disposes.</summary>
    public async Task<RunResult> RunAsync(Work work, TimeSpan? limit, CancellationToken aborted)
    {
        lock (gate)
        {
            if (closed)
            {
                throw RefusedException.NotReady("the model is being unloaded");
            }

            if (queue.Count >= options.QueueSize)
            {
                throw RefusedException.QueueFull(options.QueueSize);
            }

            work.Place = queue.AddLast(work);
            Monitor.Pulse(gate);
        }

        TimeSpan timeout = limit < options.Timeout ? limit.Value : options.Timeout;
        try
        {
            return await work.Result.WaitAsync(timeout, aborted);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            if (!Withdraw(work))
            {
                return await work.Result;
            }

            throw e is TimeoutException ? RefusedException.TimedOut(timeout) : e;
        }
    }

    private bool Withdraw(Work work)
    {
        lock (gate)
        {
            if (work.Place is null)
            {
                return false;
            }

            Remove(work);
            return true;
        }
    }

    private void Remove(Work work)
    {
        queue.Remove(work.Place!);
        work.Place = null;
    }

    private void Loop()
    {
        var batch = new List<Work>();
        while (Take(batch))
        {
            Compute(batch);
            batch.Clear();
        }
    }

    // The next batch; false: there will be none.
    private bool Take(List<Work> batch)
    {
        lock (gate)
        {
            while (!IsDue())
            {
                if (closed && queue.Count == 0)
                {
                    return false;
                }
            }

            Work first = queue.First!.Value;
            int rows = 0;
            for (var node = queue.First; node is not null && rows < maxBatch; )
            {
                var (work, next) = (node.Value, node.Next);
                if (batch.Count == 0 || (rows + work.Rows <= maxBatch && work.Fits(first)))
                {
                    rows += work.Rows;
                    Remove(work);
                    batch.Add(work);
                }

                node = next;
            }

            return true;
        }
    }

    // Whether a batch should begin now; waits for a change when not.
    private bool IsDue()
    {
        if (queue.First is not { Value: var first })
        {
            if (!closed)
            {
                Monitor.Wait(gate);
            }

            return false;
        }

        TimeSpan left = options.MaxDelay - Stopwatch.GetElapsedTime(first.Since);
        if (closed || first.Alone || left <= TimeSpan.Zero || queue.Sum(w => (long)w.Rows) >= maxBatch)
        {
            return true;
        }

        Monitor.Wait(gate, left + TimeSpan.FromMilliseconds(1)); // it counts whole milliseconds only
        return false;
    }

    private void Compute(List<Work> batch)
    {
        long begin = Stopwatch.GetTimestamp();
        try
        {
            RunOutputs outputs = runner.Run(batch);
            statistics.Computed(batch, begin, Stopwatch.GetElapsedTime(begin));
            int row = 0;
            foreach (Work work in batch)
            {
                work.Finish(new RunResult(outputs, row, work.Rows));
                row += work.Rows;
            }
        }
        catch (Exception) when (batch.Count > 1)
        {
            // One of them may be at fault: each on its own, so that the others don't suffer for it.
            foreach (Work work in batch.ToArray())
            {
                Compute([work]);
            }
        }
        catch (OnnxRuntimeException e)
        {
            batch[0].Fail(RefusedException.BadRequest($"the model can't compute this: {e.Message}"));
        }
        catch (Exception e)
        {
            batch[0].Fail(e);
        }
    }

    /// <summary>Takes no more, finishes what waits, and ends.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            Monitor.PulseAll(gate);
        }

        thread.Join();
    }
}
