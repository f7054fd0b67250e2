namespace Vae.Experiments.Results;

/// <summary>How far a run is.</summary>
public enum RunState
{
    /// <summary>At work, or killed without a word: the heartbeat tells.</summary>
    Running,

    /// <summary>Trained and evaluated.</summary>
    Completed,

    /// <summary>Interrupted after a checkpoint; can be resumed.</summary>
    Stopped,

    /// <summary>Ended by an error.</summary>
    Failed,
}

/// <summary>The content of status.json.</summary>
/// <param name="State">How far the run is.</param>
/// <param name="Reason">Why it is stopped or failed, in a sentence.</param>
/// <param name="Heartbeat">When this was written, UTC.</param>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Pid">The process that wrote it.</param>
public sealed record RunStatus(RunState State, string? Reason, DateTimeOffset Heartbeat, long Step, int Pid);
