using Vae.Experiments.Config;
using Vae.Experiments.Results;

namespace Vae.Experiments.Sweeps;

/// <summary>Which run belongs to which member of a sweep: the one of an equal config, but for the threads, whoever started it.</summary>
public sealed class SweepRuns
{
    private readonly ILookup<ExperimentConfig, RunDirectory> runs;

    /// <summary>Reads the configs of the runs below a folder that have the members' names.</summary>
    public SweepRuns(string runsRoot, IEnumerable<SweepMember> members) =>
        runs = members
            .Select(member => Path.Combine(runsRoot, member.Config.Name))
            .Distinct()
            .Where(Directory.Exists)
            .SelectMany(RunInventory.InFolder)
            .OrderByDescending(run => run.Folder, StringComparer.Ordinal)
            .Select(run => (Run: run, Config: ConfigOf(run)))
            .Where(found => found.Config is not null)
            .ToLookup(found => Comparable(found.Config!), found => found.Run);

    /// <summary>The member's run: a completed one, or else the newest; null where there is none.</summary>
    public RunDirectory? Of(SweepMember member)
    {
        ArgumentNullException.ThrowIfNull(member);
        var mine = runs[Comparable(member.Config)];
        return mine.FirstOrDefault(run => run.ReadStatus().State == RunState.Completed) ?? mine.FirstOrDefault();
    }

    private static ExperimentConfig? ConfigOf(RunDirectory run)
    {
        try
        {
            return ConfigFile.Load(run.Config, []);
        }
        catch (ExperimentException)
        {
            return null; // of a version whose keys were others
        }
    }

    private static ExperimentConfig Comparable(ExperimentConfig config) =>
        config with
        {
            Threads = null,
            MemoryGb = null,
            Data = config.Data is FilesConfig files ? files.WithFullPaths() : config.Data,
        };
}
