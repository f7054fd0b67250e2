using System.Globalization;
using System.Text.RegularExpressions;

namespace Vae.Experiments.Config;

/// <summary>Makes records out of TOML tables as the schema says, and collects everything that is wrong on the way.</summary>
public sealed partial class Binder
{
    private readonly List<ConfigError> errors = [];

    /// <summary>What was wrong so far.</summary>
    public IReadOnlyList<ConfigError> Errors => errors;

    /// <summary>The record of a table; null when something in it is wrong. Unknown keys are errors, but don't make it null.</summary>
    /// <param name="type">The record, or the abstract record of a table with kinds.</param>
    /// <param name="table">What was written.</param>
    /// <param name="path">The table's dotted path, with indices: "model.encoder", "evaluate.0"; empty for the root.</param>
    /// <param name="defaultKind">The kind when the table names none.</param>
    public object? Bind(Type type, TomlTable table, string path = "", string? defaultKind = null)
    {
        var record = type.IsAbstract ? KindOf(type, table, path, defaultKind) : type;
        if (record is null)
        {
            return null;
        }

        var keys = Schema.Keys(record);
        RefuseUnknown(table, path, record, [.. keys.Select(key => key.Name)]);

        var made = Schema.Fresh(record);
        var sound = true;
        foreach (var key in keys)
        {
            if (table.Find(key.Name) is { } entry)
            {
                var value = Value(key, entry.Value, Join(path, key.Name), made);
                sound &= value is not null;
                key.Set(made, value);
            }
            else if (key.Required)
            {
                sound = false;
                Add(
                    table.Source,
                    key.IsTable
                        ? $"missing table [{Join(path, key.Name)}]"
                        : $"missing key '{key.Name}'{In(path, record)}"
                );
            }
        }

        return sound && KeepsRules(made, table) ? made : null;
    }

    private Type? KindOf(Type type, TomlTable table, string path, string? defaultKind)
    {
        var kinds = Schema.Kinds(type);
        var known = $"Known {Schema.SelectorOf(type)}s: {string.Join(", ", kinds.Keys)}.";
        var selector = Schema.SelectorOf(type);
        if (table.Find(selector) is not { } entry)
        {
            if (defaultKind is null)
            {
                Add(table.Source, $"missing key '{selector}'{In(path, type)}. {known}");
            }

            return defaultKind is null ? null : kinds[defaultKind];
        }

        if (entry.Value is not TomlScalar { Value: string kind })
        {
            Add(
                entry.Value.Source,
                $"{Join(path, selector)}: expected a string, found {entry.Value.Describe()}. {known}"
            );
            return null;
        }

        if (kinds.TryGetValue(kind, out var record))
        {
            return record;
        }

        Add(
            entry.Value.Source,
            $"unknown {selector} {TomlText.Of(kind)}{In(path, type)}.{NearestName.Hint(kind, kinds.Keys, '"')} {known}"
        );
        return null;
    }

    private void RefuseUnknown(TomlTable table, string path, Type record, List<string> known)
    {
        var kind = Schema.KindOf(record);
        if (kind is not null)
        {
            known.Insert(0, Schema.SelectorOf(record));
        }

        foreach (var entry in table.Entries.Where(entry => !known.Contains(entry.Key)))
        {
            var why =
                kind is not null
                && table.Find(Schema.SelectorOf(record)) is { Value.Source.IsOverride: true }
                && !entry.Source.IsOverride
                    ? $" An override changed the {Schema.SelectorOf(record)}; ~{Join(path, entry.Key)} takes this key out."
                : kind is not null && OtherKinds(record, entry.Key) is { Length: > 0 } others
                    ? $" It belongs to {others}."
                : "";
            Add(
                entry.Source,
                $"unknown key {Quote(entry.Key)}{In(path, record)}.{NearestName.Hint(entry.Key, known)}{why} Known keys: {string.Join(", ", known)}."
            );
        }
    }

    // The kinds of the same table that know a key: "kind \"flow\"".
    private static string OtherKinds(Type record, string key) =>
        string.Join(
            ", ",
            Schema
                .Kinds(Schema.TableOf(record))
                .Where(other => Schema.Keys(other.Value).Any(known => known.Name == key))
                .Select(other => $"{Schema.SelectorOf(record)} {TomlText.Of(other.Key)}")
        );

    private object? Value(KeySchema key, TomlValue value, string path, object defaults)
    {
        if (key.IsTable)
        {
            return value is TomlTable table
                ? Bind(
                    key.Type,
                    table,
                    path,
                    key.Get(defaults) is { } usual ? Schema.KindOf(usual.GetType()) : Schema.DefaultKindOf(key.Type)
                )
                : Refuse(value, path, $"expected a table ([{path}])");
        }

        if (Schema.IsSchedule(key.Type))
        {
            return value is TomlTable table ? Schedule(key, table, path)
                : ScalarReader.IsNumber(value)
                    ? Scalar(typeof(double), key.Attribute, value, path) is double number
                            ? ScheduleConfig.FromDouble(number)
                        : null
                : Refuse(value, path, "expected a number or a schedule ({ schedule = ... })");
        }

        if (key.Element is not { } element)
        {
            return Scalar(key.Type, key.Attribute, value, path);
        }

        if (value is not TomlArray array)
        {
            return Refuse(
                value,
                path,
                key.IsTableArray ? $"expected an array of tables ([[{Header(path)}]])" : "expected an array"
            );
        }

        var items = array
            .Items.Select(
                (item, i) =>
                    !key.IsTableArray ? Scalar(element, key.Attribute, item, $"{path}[{i}]")
                    : item is TomlTable table ? Bind(element, table, $"{path}.{i}")
                    : Refuse(item, $"{path}.{i}", "expected a table")
            )
            .ToList();
        return items.Contains(null) ? null : Schema.List(element, items!);
    }

    // What the key allows of its number holds for all numbers that the schedule goes through.
    private object? Schedule(KeySchema key, TomlTable table, string path)
    {
        var made = Bind(typeof(ScheduleConfig), table, path);
        var numbers = made is null
            ? []
            : Schema
                .Keys(made.GetType())
                .Where(part => part.IsScheduled)
                .Select(part => table.Find(part.Name)!)
                .SelectMany(entry =>
                    entry.Value is TomlArray array
                        ? array.Items.Select((item, i) => (item, $"{path}.{entry.Key}[{i}]"))
                        : [(entry.Value, $"{path}.{entry.Key}")]
                )
                .ToList();
        var sound = numbers.TrueForAll(n => Scalar(typeof(double), key.Attribute, n.Item1, n.Item2) is not null);
        return sound ? made : null;
    }

    private object? Scalar(Type type, KeyAttribute key, TomlValue value, string path)
    {
        var read = ScalarReader.Read(type, key, value, out var why);
        if (why is not null)
        {
            Add(value.Source, $"{path}: {why}");
        }

        return read;
    }

    private bool KeepsRules(object made, TomlTable table)
    {
        var broken = made is IRules rules ? rules.Broken().ToList() : [];
        errors.AddRange(broken.Select(rule => new ConfigError(Locate(table, rule.Key), rule.Message)));
        return broken.Count == 0;
    }

    // The key's place, or that of the nearest table above it that was written.
    private static Source Locate(TomlTable table, string key)
    {
        var source = table.Source;
        TomlValue? at = table;
        foreach (var part in key.Split('.'))
        {
            if (at is TomlArray array)
            {
                at = array.Items[int.Parse(part, CultureInfo.InvariantCulture)];
                source = at.Source;
            }
            else if ((at as TomlTable)?.Find(part) is { } entry)
            {
                (at, source) = (entry.Value, entry.Source);
            }
            else
            {
                break;
            }
        }

        return source;
    }

    private object? Refuse(TomlValue value, string path, string why)
    {
        Add(value.Source, $"{path}: {why}, found {value.Describe()}");
        return null;
    }

    private void Add(Source source, string message) => errors.Add(new(source, message));

    private static string In(string path, Type record) =>
        path.Length == 0
            ? " at the top of the file"
            : $" in {(char.IsAsciiDigit(path[^1]) ? $"[[{Header(path)}]]" : $"[{Header(path)}]")}"
                + (Schema.KindOf(record) is { } kind ? $" ({Schema.SelectorOf(record)} \"{kind}\")" : "");

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    // A key may hold anything that TOML can quote; an error is one line.
    private static string Quote(string key) => key.Any(char.IsControl) ? TomlText.Of(key) : $"'{key}'";

    // The path as a table's header has it, without indices.
    private static string Header(string path) => Index().Replace(path, "");

    [GeneratedRegex(@"\.[0-9]+(?=\.|$)")]
    private static partial Regex Index();
}
