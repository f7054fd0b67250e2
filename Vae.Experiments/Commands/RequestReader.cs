using Vae.Experiments.Config;

namespace Vae.Experiments.Commands;

/// <summary>From key=value on the command line to a record, with the config's own checks and sentences.</summary>
internal static class RequestReader
{
    internal static T Read<T>(string command, IReadOnlyList<string> words)
        where T : class
    {
        var table = new TomlTable(Source.OfOverride(string.Join(' ', words)));
        ConfigError[] errors = [.. words.Select(word => ConfigOverride.Apply(table, word, "++")).OfType<ConfigError>()];
        var binder = new Binder();
        object? made = errors.Length == 0 ? binder.Bind(typeof(T), table, command) : null;
        return made is T record && binder.Errors.Count == 0
            ? record
            : throw new ExperimentException(ExitCode.Usage, string.Join('\n', errors.Concat(binder.Errors)));
    }
}
