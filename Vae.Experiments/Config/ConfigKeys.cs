namespace Vae.Experiments.Config;

/// <summary>A config's keys by their paths, as overrides name them: model.encoder.hidden, evaluate.0.samples.</summary>
public static class ConfigKeys
{
    /// <summary>Each key that has a value, with its value as TOML.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Of(ExperimentConfig config) => Below(config, "");

    private static IEnumerable<KeyValuePair<string, string>> Below(object record, string path)
    {
        if (Schema.KindOf(record.GetType()) is { } kind)
        {
            yield return new(path + "kind", TomlText.Of(kind));
        }

        foreach (var key in Schema.Keys(record.GetType()))
        {
            object? value = key.Get(record);
            IEnumerable<(string Path, object Item)> tables =
                value is null ? []
                : key.IsTable ? [($"{path}{key.Name}.", value)]
                : key.IsTableArray ? ((IEnumerable<object>)value).Select((item, i) => ($"{path}{key.Name}.{i}.", item))
                : [];
            foreach (var pair in tables.SelectMany(table => Below(table.Item, table.Path)))
            {
                yield return pair;
            }

            if (value is not null && !key.IsTable && !key.IsTableArray)
            {
                yield return new(path + key.Name, TomlWriter.Inline(value));
            }
        }
    }
}
