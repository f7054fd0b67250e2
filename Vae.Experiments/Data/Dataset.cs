namespace Vae.Experiments.Data;

/// <summary>A data set in host memory, split, with what a result must say about it.</summary>
/// <param name="Name">The config's kind, such as "binarized-mnist".</param>
/// <param name="Shape">Of one example: [C, H, W] or [D].</param>
/// <param name="Binarisation">How pixels become binary.</param>
/// <param name="Train">For the gradients.</param>
/// <param name="Valid">For choosing a checkpoint; may be empty.</param>
/// <param name="Test">For the published number.</param>
/// <param name="Licence">Who holds the rights, in a phrase.</param>
/// <param name="Sha256">File name → hex of the files read; for generated data, "content" → hex of the splits.</param>
public sealed record Dataset(
    string Name,
    IReadOnlyList<int> Shape,
    Binarisation Binarisation,
    Split Train,
    Split Valid,
    Split Test,
    string Licence,
    IReadOnlyDictionary<string, string> Sha256
)
{
    /// <summary>The key of <see cref="Sha256"/> for what the test examples are, of somebody's own files.</summary>
    internal const string TestContent = "test examples";

    /// <summary>What its test numbers may be compared by: its name, and of somebody's own files the test examples' checksum in short.</summary>
    public string Identity => IdentityOf(Name, Sha256);

    /// <summary>The same, of a data set whose name and checksums are known.</summary>
    public static string IdentityOf(string name, IReadOnlyDictionary<string, string> sha256)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        return sha256.TryGetValue(TestContent, out string? test) ? $"{name} {test[..8]}" : name;
    }

    /// <summary>D, the number of values of one example.</summary>
    public int Dimensions => Shape.Aggregate(1, (product, length) => product * length);

    /// <summary>Y: labels are 0 ... Y − 1; 0 where there are none.</summary>
    public int Classes { get; init; }

    /// <summary>What the data was drawn from, where that is known (linear-gaussian, factor-analysis).</summary>
    public LinearGaussianTruth? Truth { get; init; }

    /// <summary>The same data set with at most so many examples in each split; the first ones stay.</summary>
    public Dataset Take(int? train, int? valid, int? test) =>
        this with
        {
            Train = Train.Take(train),
            Valid = Valid.Take(valid),
            Test = Test.Take(test),
        };
}
