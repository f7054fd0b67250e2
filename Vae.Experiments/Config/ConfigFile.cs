using System.Text;

namespace Vae.Experiments.Config;

/// <summary>From a TOML file and overrides to a config, or to every error at once.</summary>
public static class ConfigFile
{
    /// <summary>The config of a file.</summary>
    /// <param name="path">The file; a relative one is looked for from the current folder, then from the repository's root.</param>
    /// <param name="overrides">Overrides in Hydra's grammar, applied in order.</param>
    /// <exception cref="ExperimentException">Exit code Usage; the message has a line `place: sentence` for every error.</exception>
    public static ExperimentConfig Load(string path, IReadOnlyList<string> overrides)
    {
        var found = ConfigPath.Find(path);
        byte[] text;
        try
        {
            text = File.ReadAllBytes(found);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ExperimentException(ExitCode.Usage, $"{path}: can't be read: {e.Message}", e);
        }

        return Parse(text, path, overrides);
    }

    /// <summary>The config of a TOML text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">Its name in errors.</param>
    /// <param name="overrides">Overrides in Hydra's grammar, applied in order.</param>
    /// <exception cref="ExperimentException">As <see cref="Load"/>.</exception>
    public static ExperimentConfig Parse(string text, string name, IReadOnlyList<string> overrides) =>
        Parse(Encoding.UTF8.GetBytes(text), name, overrides);

    /// <summary>What is allowed but perhaps not meant, a sentence each.</summary>
    public static IReadOnlyList<string> Warnings(ExperimentConfig config) => [.. config.Warnings()];

    /// <summary>The config of a run that only shows that everything works: every key that has a cap for --smoke is held to it.</summary>
    public static ExperimentConfig Smoke(ExperimentConfig config)
    {
        var small = (ExperimentConfig)SmokeCaps.Apply(config);
        return small with { Train = small.Train with { Epochs = null } };
    }

    private static ExperimentConfig Parse(ReadOnlySpan<byte> text, string name, IReadOnlyList<string> overrides)
    {
        var root = TomlDocument.Parse(text, name, out var syntax);
        if (root is null)
        {
            throw Refuse([syntax!]);
        }

        var errors = overrides.Select(item => ConfigOverride.Apply(root, item)).OfType<ConfigError>().ToList();
        var binder = new Binder();
        var config = (ExperimentConfig?)binder.Bind(typeof(ExperimentConfig), root);
        errors.AddRange(binder.Errors);
        return errors.Count == 0 && config is not null ? config : throw Refuse(errors);
    }

    private static ExperimentException Refuse(IEnumerable<ConfigError> errors) =>
        new(
            ExitCode.Usage,
            string.Join(
                '\n',
                errors.OrderBy(e => e.Source.IsOverride).ThenBy(e => e.Source.Line).ThenBy(e => e.Source.Column)
            )
        );
}
