namespace Vae.Experiments.Training;

/// <summary>Where a run says how far it is; the command line shows a bar or plain lines.</summary>
public interface IProgressReporter
{
    /// <summary>A sentence for people, on a line of its own.</summary>
    void Say(string message);

    /// <summary>How far a stage is, with its numbers: ("train", 12600, 30000, "it", "elbo=-103.4").</summary>
    void Report(string stage, long done, long total, string unit, string numbers);

    /// <summary>The stage is over.</summary>
    void Finish(string stage);
}
