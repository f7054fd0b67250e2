using Vae.Experiments.Results;

namespace Vae.Experiments.Evaluation;

/// <summary>Puts the first estimate of each split into the run's one-row summary.</summary>
public static class SummaryEstimates
{
    /// <summary>The row with its test, validation and training columns filled.</summary>
    public static SummaryRow Add(SummaryRow row, IReadOnlyList<EstimateRow> estimates)
    {
        EstimateRow? Of(string split) => estimates.FirstOrDefault(e => e.Split == split && e.Kind != "diagnostics");
        EstimateRow? test = Of("test");
        EstimateRow? valid = Of("valid");
        EstimateRow? train = Of("train");
        return row with
        {
            TestElbo = test?.Elbo,
            TestLogPx = test?.LogPx,
            TestLogPxSe = test?.LogPxSe,
            TestLogPxSamples = test?.LogPx is null ? null : test.Samples,
            ValidElbo = valid?.Elbo,
            ValidLogPx = valid?.LogPx,
            ValidLogPxSe = valid?.LogPxSe,
            ValidLogPxSamples = valid?.LogPx is null ? null : valid.Samples,
            TrainElbo = train?.Elbo,
            TrainLogPx = train?.LogPx,
            TrainLogPxSe = train?.LogPxSe,
            TrainLogPxSamples = train?.LogPx is null ? null : train.Samples,
            Estimator = test?.Kind ?? valid?.Kind ?? train?.Kind,
        };
    }
}
