namespace Vae.Experiments.Config;

/// <summary>The likelihood p(x|z).</summary>
[Table("The likelihood p(x|z).")]
public abstract record LikelihoodConfig
{
    /// <summary>Why it can't be the likelihood of such data, with what can; null where it can.</summary>
    public virtual string? Refuse(DataConfig data) => null;

    /// <summary>What is allowed but perhaps not meant, a sentence each.</summary>
    public virtual IEnumerable<string> Warnings(DataConfig data) => [];

    /// <summary>The sentence for values that aren't in [0, 1]; null for others.</summary>
    protected string? RefuseReal(DataConfig data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.IsReal
            ? $"the likelihood {Word(this)} needs values in [0, 1], but data {Word(data)} is real-valued; use kind = \"unit-gaussian\""
            : null;
    }

    /// <summary>The warning for a density at data that is 0 or 1; none for other data.</summary>
    protected IEnumerable<string> WarnOfBinary(DataConfig data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return !data.IsBinary
            ? []
            :
            [
                $"model.likelihood {Word(this)} with data that is 0 or 1: it is a density for values between, so the numbers are no log-probabilities and compare with none of a Bernoulli's; use model.likelihood \"bernoulli\", or grey values.",
            ];
    }

    /// <summary>The warning for a likelihood without its constants.</summary>
    protected IEnumerable<string> WarnOfNoConstants(bool normalised) =>
        normalised
            ? []
            :
            [
                $"model.likelihood {Word(this)} with normalised = false: without the constant log 2π the numbers are no log-likelihoods, and elbo and log_px compare only with numbers made the same way.",
            ];

    private static string Word(object config) => $"\"{Schema.KindOf(config.GetType())}\"";
}
