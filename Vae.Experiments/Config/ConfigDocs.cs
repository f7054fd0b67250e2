using System.Reflection;
using System.Text;

namespace Vae.Experiments.Config;

/// <summary>docs/config.md, made from the schema.</summary>
public static class ConfigDocs
{
    private const string introduction = """
        # Config

        An experiment is a TOML file: a table for each part, the kind of a part named by `kind`. A key that isn't listed here is an error, and so is
        a value of another type or out of range. `./vae CONFIG --print-config` prints a config with every default filled in.
        On the command line `a.b=v` changes any key, `+a.b=v` adds one that isn't in the file, `++a.b=v` does either, `~a.b` takes one out; an element
        of an array of tables is named by its index: `evaluate.0.samples=10`.

        This page is made from the records in Vae.Experiments/Config; a test holds the two equal.

        """;

    /// <summary>The page.</summary>
    public static string Markdown()
    {
        var sections = new List<Section>();
        Collect(sections, typeof(ExperimentConfig), "", "The top of the file");
        sections.Add(new(typeof(ScheduleConfig), ["Schedules"], null, null));
        var page = new StringBuilder(introduction);
        foreach (var section in sections)
        {
            Write(page, section);
        }

        return page.ToString();
    }

    // A table, the headers under which it may stand, what is said of its presence, and its kind when it names none.
    private sealed record Section(Type Type, List<string> Headers, string? Presence, string? Kind);

    private static void Collect(
        List<Section> sections,
        Type type,
        string path,
        string header,
        string? presence = null,
        string? kind = null
    )
    {
        if (sections.Find(section => section.Type == type) is { } known)
        {
            known.Headers.Add(header);
            return;
        }

        sections.Add(new(type, [header], presence, kind));
        foreach (var record in type.IsAbstract ? Schema.Kinds(type).Values : [type])
        {
            foreach (var key in Schema.Keys(record).Where(key => key.IsTable || key.IsTableArray))
            {
                var below = path.Length == 0 ? key.Name : $"{path}.{key.Name}";
                var usual = key.Get(Schema.Fresh(record));
                Collect(
                    sections,
                    key.Element ?? key.Type,
                    below,
                    key.IsTable ? $"`[{below}]`" : $"`[[{below}]]`",
                    key.Required ? "Required."
                        : usual is null ? $"May be absent: {key.Attribute.Absent}."
                        : null,
                    usual is null ? Schema.DefaultKindOf(key.Element ?? key.Type) : Schema.KindOf(usual.GetType())
                );
            }
        }
    }

    private static void Write(StringBuilder page, Section section)
    {
        var doc = section.Type.GetCustomAttribute<TableAttribute>()!.Doc;
        page.Append('\n')
            .AppendJoin(", ", section.Headers.Select((header, i) => i == 0 ? $"## {header}" : header))
            .Append("\n\n");
        page.Append(section.Presence is null ? doc : $"{doc} {section.Presence}").Append('\n');
        var kinds = section.Type.IsAbstract ? Schema.Kinds(section.Type) : null;
        var kind = kinds is null
            ? ""
            : Row(
                Schema.SelectorOf(section.Type),
                Words(kinds.Keys),
                section.Kind is null ? "required" : Code(section.Kind),
                "What it is; see below."
            );
        Keys(page, kind, section.Type, Schema.Keys(section.Type));
        foreach (var (name, record) in kinds ?? new Dictionary<string, Type>())
        {
            page.Append($"\n### `{Schema.SelectorOf(record)} = ").Append(TomlText.Of(name)).Append("`\n\n");
            page.Append(record.GetCustomAttribute<KindAttribute>()!.Doc).Append('\n');
            var inherited = Schema.Keys(section.Type).Select(key => key.Name);
            Keys(page, "", record, [.. Schema.Keys(record).ExceptBy(inherited, key => key.Name)]);
        }
    }

    private static void Keys(StringBuilder page, string first, Type record, IReadOnlyList<KeySchema> keys)
    {
        // A base record's keys have the same defaults in every kind, so any kind tells them.
        var fresh = Schema.Fresh(record.IsAbstract ? Schema.Kinds(record).Values.First() : record);
        var rows =
            first + string.Concat(keys.Where(key => !key.IsTable && !key.IsTableArray).Select(key => Row(key, fresh)));
        if (rows.Length > 0)
        {
            page.Append("\n| key | value | default | meaning |\n|---|---|---|---|\n").Append(rows);
        }
    }

    private static string Row(KeySchema key, object fresh) =>
        Row(
            key.Name,
            Values(key),
            key.Required ? "required"
                : key.Get(fresh) is { } value ? $"`{TomlWriter.Inline(value)}`"
                : $"absent: {key.Attribute.Absent}",
            key.Attribute.Doc
        );

    private static string Row(string key, string values, string usual, string doc) =>
        $"| `{key}` | {values} | {usual} | {doc} |\n";

    private static string Values(KeySchema key)
    {
        var (type, range) = (key.Element ?? key.Type, key.Attribute);
        var words = ValueRange.Words(type, range);
        var one =
            words.Count > 0 ? Words(words)
            : type == typeof(int) ? "integer"
            : type == typeof(double) ? "number"
            : Schema.IsSchedule(type) ? "number or [schedule](#schedules)"
            : type == typeof(bool) ? "`true`, `false`"
            : range.PatternDoc ?? "string";
        string?[] bounds =
        [
            double.IsFinite(range.Min) ? $"≥ {ValueRange.Text(range.Min)}" : null,
            double.IsFinite(range.Above) ? $"> {ValueRange.Text(range.Above)}" : null,
            double.IsFinite(range.Max) ? $"≤ {ValueRange.Text(range.Max)}" : null,
            double.IsFinite(range.Below) ? $"< {ValueRange.Text(range.Below)}" : null,
        ];
        string or = range.Zero is { } word ? $", or {Code(word)}" : "";
        return (key.Element is null ? "" : "list: ") + string.Join(", ", bounds.OfType<string>().Prepend(one)) + or;
    }

    private static string Words(IEnumerable<string> words) => string.Join(", ", words.Select(Code));

    private static string Code(string word) => $"`{TomlText.Of(word)}`";
}
