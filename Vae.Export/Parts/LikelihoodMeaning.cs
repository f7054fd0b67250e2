using Vae.Core.Distributions;

namespace Vae.Export.Parts;

/// <summary>What a decoder's output is, in words.</summary>
internal static class LikelihoodMeaning
{
    internal static string Of(Likelihood? likelihood) =>
        likelihood switch
        {
            null => "E[x | z]",
            BernoulliLikelihood or ContinuousBernoulliLikelihood => "log-odds of each dimension of x",
            UnitGaussianLikelihood => "mean of each dimension of x, whose variance is 1",
            GaussianLikelihood => "means, then log-variances before their floor",
            DiscretisedLogisticLikelihood =>
                "of each component in turn: logits of the weights; then of each the means; then of each the log-scales",
            _ => $"parameters of p(x | z), {likelihood.ParametersPerDimension} for each dimension of x",
        };
}
