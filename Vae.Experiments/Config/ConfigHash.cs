using System.Security.Cryptography;
using System.Text;

namespace Vae.Experiments.Config;

/// <summary>A short name for what an experiment trains: runs with equal hashes are repetitions, whose numbers may be averaged.</summary>
/// <remarks>
/// It's of every key that differs from its default, but for those that are <see cref="KeyAttribute.Apart"/>: the seed, the device, estimates, pictures.
/// A key that a later version adds doesn't change the hashes of the configs that don't use it.
/// </remarks>
public static class ConfigHash
{
    private const int Digits = 12;

    /// <summary>Twelve hexadecimal digits of SHA-256.</summary>
    public static string Of(ExperimentConfig config) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text(config))))[..Digits];

    /// <summary>"data.shuffle = false" for each key of a config by which its hash is another than that of the other one.</summary>
    public static IReadOnlyList<string> Differences(ExperimentConfig config, ExperimentConfig other)
    {
        var lines = Text(config).Split('\n').ToHashSet();
        lines.SymmetricExceptWith(Text(other).Split('\n'));
        var values = ConfigKeys.Of(config).ToDictionary(pair => pair.Key, pair => pair.Value);
        return
        [
            .. lines
                .Select(line => line.Split(' ')[0])
                .Distinct()
                .Order(StringComparer.Ordinal)
                .Select(key => values.TryGetValue(key, out var value) ? $"{key} = {value}" : $"no {key}"),
        ];
    }

    private static string Text(ExperimentConfig config)
    {
        var text = new StringBuilder();
        Write(text, config, "");
        return text.ToString();
    }

    // A default kind isn't written, so that a table may become one of kinds.
    private static void Write(StringBuilder text, object record, string path)
    {
        if (
            Schema.KindOf(record.GetType()) is { } kind
            && kind != Schema.DefaultKindOf(Schema.TableOf(record.GetType()))
        )
        {
            text.Append(path).Append("kind = ").Append(kind).Append('\n');
        }

        var usual = Schema.Fresh(record.GetType());
        foreach (var key in Schema.Keys(record.GetType()).Where(key => !key.Attribute.Apart))
        {
            var value = key.Get(record);
            if (!key.Required && Equals(value, key.Get(usual)))
            {
                continue;
            }

            var below = path + key.Name;
            if (value is null)
            {
                text.Append(below).Append(" absent\n");
            }
            else if (key.IsTable)
            {
                Write(text, value, below + ".");
            }
            else if (key.IsTableArray)
            {
                foreach (var (i, item) in ((IEnumerable<object>)value).Index())
                {
                    Write(text, item, $"{below}.{i}.");
                }
            }
            else
            {
                text.Append(below).Append(" = ").Append(TomlWriter.Inline(value)).Append('\n');
            }
        }
    }
}
