using Vae.Experiments.Config;
using Vae.Experiments.Results;

namespace Vae.Experiments.Sweeps;

/// <summary>A point of a sweep with its resolved config, and the run that has it, where there is one.</summary>
/// <remarks>A run belongs to a point by what it is to compute, whoever started it: equal configs but for the threads.</remarks>
public sealed record SweepMember(SweepPoint Point, ExperimentConfig Config)
{
    /// <summary>The run of this config below a folder: a completed one, or else the newest; null where there is none.</summary>
    public RunDirectory? Find(string runsRoot)
    {
        string folder = Path.Combine(runsRoot, Config.Name);
        if (!Directory.Exists(folder))
        {
            return null;
        }

        var runs = Directory
            .GetDirectories(folder)
            .Where(path => File.Exists(Path.Combine(path, "status.json")))
            .OrderDescending(StringComparer.Ordinal)
            .Select(path => RunDirectory.Open(path))
            .Where(IsMine)
            .ToList();
        return runs.FirstOrDefault(run => run.ReadStatus().State == RunState.Completed) ?? runs.FirstOrDefault();
    }

    private bool IsMine(RunDirectory run)
    {
        try
        {
            return Comparable(ConfigFile.Load(run.Config, [])) == Comparable(Config);
        }
        catch (ExperimentException)
        {
            return false; // of a version whose keys were others
        }
    }

    private static ExperimentConfig Comparable(ExperimentConfig config) =>
        config with
        {
            Threads = null,
            Data = config.Data is FilesConfig files ? files.WithFullPaths() : config.Data,
        };
}
