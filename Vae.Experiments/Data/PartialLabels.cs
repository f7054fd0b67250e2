namespace Vae.Experiments.Data;

/// <summary>A split most of whose labels are hidden, as in semi-supervised learning (Kingma et al. 2014, arXiv:1406.5298).</summary>
public static class PartialLabels
{
    /// <summary>The same examples, of which so many keep their label, a function of the seed: the first of every class, then the second, and so on; the others get -1.</summary>
    public static Split Of(Split split, int labelled, uint seed)
    {
        ArgumentNullException.ThrowIfNull(split);
        if (split.Labels is not { } labels)
        {
            throw new ExperimentException(
                ExitCode.Usage,
                $"[data]: labelled = {labelled}, but the training examples have no labels"
            );
        }

        var kept = new int[split.Count];
        Array.Fill(kept, -1);
        var chosen = Shuffle
            .Order(split.Count, seed, "labelled")
            .Where(example => labels[example] >= 0)
            .GroupBy(example => labels[example])
            .SelectMany(members => members.Select((example, rank) => (Example: example, Rank: rank)))
            .OrderBy(member => member.Rank) // keeps the drawn order of equal ranks
            .Take(labelled);
        foreach (var (example, _) in chosen)
        {
            kept[example] = labels[example];
        }

        return split with
        {
            Labels = kept,
        };
    }
}
