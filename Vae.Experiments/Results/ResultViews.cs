using System.Text;

namespace Vae.Experiments.Results;

/// <summary>The views <c>summary</c>, <c>metrics</c>, <c>estimates</c>, <c>log_weights</c> and <c>class_posteriors</c> over every run below a folder.</summary>
/// <remarks>
/// They have today's columns whatever is there, with NULL where an older file hasn't the column; a file that isn't Parquet to its end
/// (copied halfway) is passed over. A folder that isn't there is an empty one.
/// </remarks>
internal static class ResultViews
{
    private static readonly byte[] magic = Encoding.ASCII.GetBytes("PAR1");

    public static void Create(DuckDb database, string runsRoot)
    {
        Create<SummaryRow>(database, runsRoot, "summary");
        Create<MetricRow>(database, runsRoot, "metrics");
        Create<EstimateRow>(database, runsRoot, "estimates");
        Create<LogWeightRow>(database, runsRoot, "log_weights");
        Create<ClassPosteriorRow>(database, runsRoot, "class_posteriors");
    }

    private static void Create<T>(DuckDb database, string runsRoot, string name)
        where T : class
    {
        database.Query($"CREATE TABLE no_{name} ({TableSchema<T>.Definition})");
        var files = Files(runsRoot, $"{name}.parquet").Select(file => DuckDb.Literal(DuckDb.NoGlob(file))).ToList();
        var rows =
            files.Count == 0
                ? ""
                : $" UNION ALL BY NAME FROM read_parquet([{string.Join(", ", files)}], union_by_name = true)";
        database.Query($"CREATE VIEW {name} AS FROM no_{name}{rows}");
    }

    private static IEnumerable<string> Files(string runsRoot, string name)
    {
        var everywhere = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.Hidden | FileAttributes.ReparsePoint,
        };
        return Directory.Exists(runsRoot)
            ? Directory
                .EnumerateFiles(Path.GetFullPath(runsRoot), name, everywhere)
                .Where(IsParquet)
                .Order(StringComparer.Ordinal)
            : [];
    }

    /// <summary>Parquet begins and ends with the same four letters.</summary>
    private static bool IsParquet(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> ends = stackalloc byte[8];
        if (file.Length < 12)
        {
            return false;
        }
        file.ReadExactly(ends[..4]);
        file.Seek(-4, SeekOrigin.End);
        file.ReadExactly(ends[4..]);
        return ends[..4].SequenceEqual(magic) && ends[4..].SequenceEqual(magic);
    }
}
