using System.Globalization;

namespace Vae.Experiments.Config;

/// <summary>
/// Hydra's override grammar on a TOML tree: `a.b=v` sets, `+a.b=v` adds a key that isn't in the file, `++a.b=v` does either, `~a.b` deletes.
/// An element of an array of tables is named by its index: `evaluate.0.samples=10`.
/// </summary>
/// <remarks>Whether a key exists at all and takes such a value is the schema's business: the binder says it, with the override as the place.</remarks>
public static class ConfigOverride
{
    /// <summary>Applies one override; gives the error, or null.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="text">The override.</param>
    /// <param name="signless">The sign that one without a sign has.</param>
    public static ConfigError? Apply(TomlTable root, string text, string signless = "")
    {
        var source = Source.OfOverride(text);
        try
        {
            var sign =
                text.StartsWith("++", StringComparison.Ordinal) ? "++"
                : text.Length > 0 && text[0] is '+' or '~' ? text[..1]
                : "";
            var means = sign.Length > 0 ? sign : signless;
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (sign == "~" ? equals >= 0 : equals < 0)
            {
                throw new FormatException(sign == "~" ? "a deletion has no value: ~a.b" : "expected key=value");
            }

            var path = (equals < 0 ? text : text[..equals])[sign.Length..].Trim().Split('.');
            if (path.Any(part => part.Length == 0 || !part.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')))
            {
                throw new FormatException("expected a key like a.b before '='");
            }

            if (sign == "~")
            {
                Delete(root, path);
            }
            else
            {
                Set(root, path, OverrideValue.Parse(text[(equals + 1)..], source), source, means);
            }

            return null;
        }
        catch (FormatException e)
        {
            return new(source, e.Message);
        }
    }

    private static void Set(TomlTable root, string[] path, TomlValue value, Source source, string sign)
    {
        var at = (TomlValue)root;
        for (var depth = 0; depth < path.Length - 1; depth++)
        {
            at =
                Child(at, path, depth)
                ?? Put(at, path, depth, Empty(path[depth + 1], source), source, adds: sign.Length > 0);
        }

        var there = Child(at, path, path.Length - 1) is not null;
        if (there && sign == "+")
        {
            var name = string.Join('.', path);
            throw new FormatException($"'{name}' is in the file already; {name}=... changes it");
        }

        _ = Put(at, path, path.Length - 1, value, source, adds: sign.Length > 0);
    }

    private static void Delete(TomlTable root, string[] path)
    {
        TomlValue? at = root;
        for (var depth = 0; depth < path.Length - 1 && at is not null; depth++)
        {
            at = Child(at, path, depth);
        }

        if (at is null || Child(at, path, path.Length - 1) is null)
        {
            var keys = Paths(root, "").ToList();
            var name = string.Join('.', path);
            throw new FormatException(
                $"'{name}' is not in the file, so it can't be deleted.{NearestName.Hint(name, keys)}"
            );
        }

        if (at is TomlTable table)
        {
            table.Remove(path[^1]);
        }
        else
        {
            ((TomlArray)at).Items.RemoveAt(Index((TomlArray)at, path, path.Length - 1));
        }
    }

    // What a new key holds when a path goes on below it: an array when it goes on with an index.
    private static TomlValue Empty(string next, Source source) =>
        next.All(char.IsAsciiDigit) ? new TomlArray([], source) : new TomlTable(source);

    // The value below a table or an array; null when there is none.
    private static TomlValue? Child(TomlValue at, string[] path, int depth) =>
        at switch
        {
            TomlTable table => table.Find(path[depth])?.Value,
            TomlArray array => Index(array, path, depth) is var i && i < array.Items.Count ? array.Items[i] : null,
            _ => throw new FormatException(
                $"'{string.Join('.', path[..depth])}' is no table, so it has no key '{path[depth]}'"
            ),
        };

    private static TomlValue Put(TomlValue at, string[] path, int depth, TomlValue value, Source source, bool adds)
    {
        if (at is TomlTable table)
        {
            table.Set(new(path[depth], source, value));
            return value;
        }

        var items = ((TomlArray)at).Items;
        var i = Index((TomlArray)at, path, depth);
        if (i < items.Count)
        {
            items[i] = value;
        }
        else if (i == items.Count && adds)
        {
            items.Add(value);
        }
        else
        {
            var array = string.Join('.', path[..depth]);
            throw new FormatException(
                $"'{array}' has no element {i}: it has {items.Count}, counted from 0; +{array}.{items.Count} adds one"
            );
        }

        return value;
    }

    private static int Index(TomlArray array, string[] path, int depth) =>
        int.TryParse(path[depth], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : throw new FormatException(
                $"'{string.Join('.', path[..depth])}' is an array of {array.Items.Count}; expected an index, found '{path[depth]}'"
            );

    private static IEnumerable<string> Paths(TomlTable table, string path) =>
        table.Entries.SelectMany(entry =>
            entry.Value is TomlTable below
                ? Paths(below, $"{path}{entry.Key}.").Append(path + entry.Key)
                : [path + entry.Key]
        );
}
