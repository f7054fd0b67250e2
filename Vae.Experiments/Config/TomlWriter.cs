using System.Text;

namespace Vae.Experiments.Config;

/// <summary>Prints a config's records as TOML, every key with its value, in the schema's order; what it prints reads back to an equal config.</summary>
public static class TomlWriter
{
    /// <summary>The TOML of a root record.</summary>
    public static string Write(object record)
    {
        var text = new StringBuilder();
        Table(text, record, "");
        return text.ToString();
    }

    /// <summary>A value on one line: a scalar, a list of scalars, or a schedule.</summary>
    public static string Inline(object value) =>
        value switch
        {
            Enum word => TomlText.Of(Naming.Word(word.ToString())),
            string => TomlText.Of(value),
            ConstantScheduleConfig constant => TomlText.Of(constant.Value),
            ScheduleConfig schedule => InlineTable(schedule),
            System.Collections.IEnumerable list => $"[{string.Join(", ", list.Cast<object>().Select(Inline))}]",
            _ => TomlText.Of(value),
        };

    private static string InlineTable(object record)
    {
        var keys = Schema
            .Keys(record.GetType())
            .Select(key => (key.Name, Value: key.Get(record)))
            .Where(key => key.Value is not null)
            .Select(key => $"{key.Name} = {Inline(key.Value!)}")
            .Prepend($"{Schema.SelectorOf(record.GetType())} = {TomlText.Of(Schema.KindOf(record.GetType())!)}");
        return $"{{ {string.Join(", ", keys)} }}";
    }

    private static void Table(StringBuilder text, object record, string path)
    {
        if (Schema.KindOf(record.GetType()) is { } kind)
        {
            text.Append("kind = ").Append(TomlText.Of(kind)).Append('\n');
        }

        var values = Schema
            .Keys(record.GetType())
            .Select(key => (key, value: key.Get(record), path: path.Length == 0 ? key.Name : $"{path}.{key.Name}"))
            .Where(item => item.value is not null)
            .ToLookup(item => item.key.IsTable || (item.key.IsTableArray && Items(item.value!).Any()));
        foreach (var (key, value, _) in values[false])
        {
            string written = key.Attribute.Zero is { } word && value is 0 ? TomlText.Of(word) : Inline(value!);
            text.Append(key.Name).Append(" = ").Append(written).Append('\n');
        }

        foreach (var (key, value, below) in values[true])
        {
            foreach (var item in key.IsTable ? [value!] : Items(value!))
            {
                text.Append('\n').Append(key.IsTable ? $"[{below}]" : $"[[{below}]]").Append('\n');
                Table(text, item, below);
            }
        }
    }

    private static IEnumerable<object> Items(object list) => ((System.Collections.IEnumerable)list).Cast<object>();
}
