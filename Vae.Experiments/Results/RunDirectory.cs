using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Vae.Primitives;

namespace Vae.Experiments.Results;

/// <summary>A run's folder, <c>runs/name/yyyymmdd-hhmmss-xxxx</c>: the places of its files, and its status.</summary>
public sealed class RunDirectory
{
    private static readonly JsonSerializerOptions json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter<RunState>(JsonNamingPolicy.SnakeCaseLower) },
    };

    private readonly TimeProvider clock;

    private RunDirectory(string path, TimeProvider clock)
    {
        FullPath = path;
        this.clock = clock;
    }

    /// <summary>The folder.</summary>
    public string FullPath { get; }

    /// <summary>The config's name: the folder above.</summary>
    public string Name => Path.GetFileName(Path.GetDirectoryName(FullPath)!);

    /// <summary>The folder's own name: when it began (UTC) and four hexadecimal digits.</summary>
    public string Folder => Path.GetFileName(FullPath);

    /// <summary><c>name/folder</c>: the run_id of every table.</summary>
    public string Id => $"{Name}/{Folder}";

    /// <summary>The resolved config, which runs again by itself.</summary>
    public string Config => At("config.toml");

    /// <summary>The overrides of the command line.</summary>
    public string Overrides => At("overrides.txt");

    /// <summary>Versions, machine and data.</summary>
    public string Environment => At("environment.json");

    /// <summary>The status.</summary>
    public string Status => At("status.json");

    /// <summary>The log.</summary>
    public string Log => At("run.log");

    /// <summary>The live record.</summary>
    public string Journal => At("journal.jsonl");

    /// <summary>Rows of <see cref="MetricRow"/>.</summary>
    public string Metrics => At("metrics.parquet");

    /// <summary>Rows of <see cref="EstimateRow"/>.</summary>
    public string Estimates => At("estimates.parquet");

    /// <summary>The <see cref="SummaryRow"/>.</summary>
    public string Summary => At("summary.parquet");

    /// <summary>Rows of <see cref="LogWeightRow"/>.</summary>
    public string LogWeights => At("log_weights.parquet");

    /// <summary>q(y | x) of each test example, of a model that has classes to find.</summary>
    public string ClassPosteriors => At("class_posteriors.parquet");

    /// <summary>The run on one page.</summary>
    public string Report => At("report.html");

    /// <summary>What the model is and isn't.</summary>
    public string ModelCard => At("MODEL_CARD.md");

    /// <summary>The folder of checkpoints.</summary>
    public string Checkpoints => At("checkpoints");

    /// <summary>The folder of pictures.</summary>
    public string Figures => At("figures");

    /// <summary>The folder of exported models.</summary>
    public string Models => At("models");

    /// <summary>Makes a new run directory, never one that is there already, with its status and empty folders.</summary>
    public static RunDirectory Create(string runsRoot, string name, TimeProvider? clock = null)
    {
        clock ??= TimeProvider.System;
        var parent = Path.Combine(Path.GetFullPath(runsRoot), name);
        var draft = AtomicFile.TemporaryFor(Path.Combine(parent, "run"));
        try
        {
            var run = new RunDirectory(draft, clock);
            Directory.CreateDirectory(run.Checkpoints);
            Directory.CreateDirectory(run.Figures);
            run.WriteStatus(RunState.Running, 0);
            return new RunDirectory(Claim(draft, parent, clock), clock);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ExperimentException(
                ExitCode.Failure,
                $"no run directory can be made in {parent}: {error.Message}",
                error
            );
        }
    }

    /// <summary>Opens an existing run directory.</summary>
    public static RunDirectory Open(string path, TimeProvider? clock = null)
    {
        if (path.Length == 0)
        {
            throw new ExperimentException(ExitCode.Usage, "expected a run directory, found nothing: \"\"");
        }

        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var run = new RunDirectory(full, clock ?? TimeProvider.System);
        if (File.Exists(run.Status))
        {
            return run;
        }
        var problem = Directory.Exists(full) ? "is not a run directory: it has no status.json" : "is not there";
        throw new ExperimentException(
            ExitCode.Usage,
            $"{path} {problem}. A run directory is a folder like runs/<name>/<yyyymmdd-hhmmss>-<4 hex>."
        );
    }

    /// <summary>Says how far the run is; the time of writing is its heartbeat.</summary>
    public void WriteStatus(RunState state, long step, string? reason = null) =>
        WriteJson(Status, new RunStatus(state, reason, clock.GetUtcNow(), step, System.Environment.ProcessId));

    /// <summary>How far the run is, by its own last word.</summary>
    public RunStatus ReadStatus() => ReadJson<RunStatus>(Status);

    /// <summary>Whether a process has the run's log open, as each does that trains or evaluates.</summary>
    public bool IsAtWork
    {
        get
        {
            try
            {
                using var log = new FileStream(Log, FileMode.Open, FileAccess.Write, FileShare.None);
                return false;
            }
            catch (FileNotFoundException)
            {
                return false;
            }
            catch (IOException)
            {
                return true;
            }
        }
    }

    /// <summary>Writes environment.json.</summary>
    public void WriteEnvironment(EnvironmentInfo environment) => WriteJson(Environment, environment);

    /// <summary>What environment.json says.</summary>
    public EnvironmentInfo ReadEnvironment() => ReadJson<EnvironmentInfo>(Environment);

    private static T ReadJson<T>(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), json)
                ?? throw new JsonException($"null is no {Path.GetFileNameWithoutExtension(path)}");
        }
        catch (JsonException error)
        {
            throw new ExperimentException(ExitCode.Failure, $"{path} is damaged: {error.Message}", error);
        }
    }

    private static void WriteJson<T>(string path, T value) =>
        AtomicFile.WriteText(path, JsonSerializer.Serialize(value, json) + "\n");

    private string At(string file) => Path.Combine(FullPath, file);

    /// <summary>Gives the draft its final name: a rename fails when a folder with content has the name, so two runs never share one.</summary>
    private static string Claim(string draft, string parent, TimeProvider clock)
    {
        while (true)
        {
            var time = clock.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
            var path = Path.Combine(parent, $"{time}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}");
            try
            {
                Directory.Move(draft, path);
                return path;
            }
            catch (IOException) when (Directory.Exists(path)) { }
        }
    }
}
