using System.Globalization;
using System.Text.RegularExpressions;
using Vae.Primitives;

namespace Vae.Experiments.Results;

/// <summary>All run directories below a folder, finished or not, and the removal of those that came to nothing.</summary>
public static partial class RunInventory
{
    /// <summary>The run directories, oldest first.</summary>
    public static IReadOnlyList<RunDirectory> Of(string runsRoot) =>
        Directory.Exists(runsRoot)
            ?
            [
                .. Directory
                    .EnumerateDirectories(runsRoot)
                    .SelectMany(InFolder)
                    .OrderBy(run => run.Folder, StringComparer.Ordinal),
            ]
            : [];

    /// <summary>The run directories in the folder of one name, in no order; those being made or removed, whose names begin with a dot, are none.</summary>
    public static IEnumerable<RunDirectory> InFolder(string folder) =>
        Directory
            .EnumerateDirectories(folder)
            .Where(path =>
                FolderName().IsMatch(Path.GetFileName(path)) && File.Exists(Path.Combine(path, "status.json"))
            )
            .Select(path => RunDirectory.Open(path));

    /// <summary>A row for each: what it is at, its step, its size.</summary>
    public static QueryResult Table(IEnumerable<RunDirectory> runs) =>
        new(
            ["run", "state", "step", "checkpoints", "megabytes", "reason"],
            [
                .. runs.Select(run =>
                {
                    var (state, step, reason) = Status(run);
                    return (object?[])
                        [run.Id, state, step, CheckpointsOf(run), Math.Round(Bytes(run) / 1e6, 1), reason];
                }),
            ]
        );

    /// <summary>Those that came to nothing: not completed, without a checkpoint to go on from, and nobody is at work on them.</summary>
    public static IReadOnlyList<RunDirectory> Leftovers(string runsRoot) =>
        [
            .. Of(runsRoot)
                .Where(run =>
                    Status(run).State is not ("completed" or Damaged) && CheckpointsOf(run) == 0 && !run.IsAtWork
                ),
        ];

    /// <summary>Removes a run: first its name, at once, so that nobody meets half of it.</summary>
    public static void Remove(RunDirectory run)
    {
        ArgumentNullException.ThrowIfNull(run);
        string gone = AtomicFile.TemporaryFor(run.FullPath);
        Directory.Move(run.FullPath, gone);
        Directory.Delete(gone, recursive: true);
    }

    private const string Damaged = "damaged";

    private static (string State, long? Step, string? Reason) Status(RunDirectory run)
    {
        try
        {
            RunStatus status = run.ReadStatus();
            string state = status.State.ToString().ToLower(CultureInfo.InvariantCulture);
            return (status.State == RunState.Running && !run.IsAtWork ? "killed" : state, status.Step, status.Reason);
        }
        catch (ExperimentException e)
        {
            return (Damaged, null, e.Message);
        }
    }

    private static long CheckpointsOf(RunDirectory run) =>
        Directory.Exists(run.Checkpoints) ? Directory.GetFiles(run.Checkpoints).Length : 0;

    private static long Bytes(RunDirectory run) =>
        new DirectoryInfo(run.FullPath).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    [GeneratedRegex("^[0-9]{8}-[0-9]{6}-[0-9a-f]{4}$")]
    private static partial Regex FolderName();
}
