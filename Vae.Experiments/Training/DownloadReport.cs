using Vae.Experiments.Data;

namespace Vae.Experiments.Training;

/// <summary>Shows a download as a stage of the run's progress.</summary>
public sealed class DownloadReport(IProgressReporter progress) : IProgress<DownloadProgress>
{
    /// <inheritdoc/>
    public void Report(DownloadProgress value)
    {
        progress.Report($"{value.DataSet}/{value.File}", value.Received, value.Total, "B", value.Mirror);
        if (value.Received == value.Total)
        {
            progress.Finish(value.File);
        }
    }
}
