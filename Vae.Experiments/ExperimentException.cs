namespace Vae.Experiments;

/// <summary>How the program ends; the numbers are part of the command line's contract (docs/cli.md).</summary>
public enum ExitCode
{
    /// <summary>Done; early stopping counts as done.</summary>
    Ok = 0,

    /// <summary>Something failed that has no code of its own.</summary>
    Failure = 1,

    /// <summary>The command line or the config is wrong.</summary>
    Usage = 2,

    /// <summary>Data is missing, damaged or doesn't match its checksum.</summary>
    Data = 3,

    /// <summary>Training diverged.</summary>
    Diverged = 4,

    /// <summary>A checkpoint is corrupt or belongs to another model.</summary>
    Checkpoint = 5,

    /// <summary>Ctrl-C, after a checkpoint was written.</summary>
    Interrupted = 130,

    /// <summary>SIGTERM, after a checkpoint was written.</summary>
    Terminated = 143,
}

/// <summary>An expected failure: its message is the whole story for the person at the terminal, its code the process's exit status.</summary>
public sealed class ExperimentException(ExitCode code, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>The exit status.</summary>
    public ExitCode Code { get; } = code;
}
