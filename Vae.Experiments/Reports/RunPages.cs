using Vae.Experiments.Results;

namespace Vae.Experiments.Reports;

/// <summary>The pages of a run for people: report.html, and MODEL_CARD.md once its model is trained.</summary>
public static class RunPages
{
    /// <summary>Writes them anew from what the run directory holds.</summary>
    public static void Write(RunDirectory run)
    {
        RunRecord record = RunRecord.Read(run);
        Report.Write(record);
        if (record.Status.State == RunState.Completed)
        {
            ModelCardPage.Write(record);
        }
    }
}
