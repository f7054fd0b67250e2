using System.Reflection;

namespace Vae.Experiments.Config;

/// <summary>What the records declare: the one source of parsing, defaults, printing and documentation.</summary>
public static class Schema
{
    /// <summary>Whether a type is a table rather than a single value.</summary>
    public static bool IsTable(Type type) =>
        type.IsDefined(typeof(TableAttribute)) || type.IsDefined(typeof(KindAttribute));

    /// <summary>Whether a type is a number that may change: a value that is written as a number or as a table on one line.</summary>
    public static bool IsSchedule(Type type) => type.IsAssignableTo(typeof(ScheduleConfig));

    /// <summary>The keys of a record, those of its base record first, in the order of declaration; without `kind`.</summary>
    public static IReadOnlyList<KeySchema> Keys(Type record) =>
        [
            .. record
                .GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => property.IsDefined(typeof(KeyAttribute)))
                .OrderBy(property => Depth(property.DeclaringType))
                .ThenBy(property => property.MetadataToken)
                .Select(property => new KeySchema(property)),
        ];

    // How many records a record is derived from.
    private static int Depth(Type? record) => record is null ? 0 : 1 + Depth(record.BaseType);

    /// <summary>The kind of a table that names none: its attribute's; null when one must be named.</summary>
    public static string? DefaultKindOf(Type table) => table.GetCustomAttribute<TableAttribute>()?.DefaultKind;

    /// <summary>The kinds of an abstract table by name: every record derived from it that has a <see cref="KindAttribute"/>.</summary>
    public static IReadOnlyDictionary<string, Type> Kinds(Type table) =>
        new SortedDictionary<string, Type>(
            table
                .Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(table) && type.IsDefined(typeof(KindAttribute)))
                .ToDictionary(type => KindOf(type)!),
            StringComparer.Ordinal
        );

    /// <summary>The table that a record is a kind of.</summary>
    public static Type TableOf(Type record)
    {
        var table = record;
        while (!table.IsDefined(typeof(TableAttribute), inherit: false) && table.BaseType is { } above)
        {
            table = above;
        }

        return table;
    }

    /// <summary>The word that `kind` takes for a record; null for a table without kinds.</summary>
    public static string? KindOf(Type record) => record.GetCustomAttribute<KindAttribute>()?.Name;

    /// <summary>The key that names the kind: "kind", but for schedules.</summary>
    public static string SelectorOf(Type record) => IsSchedule(record) ? "schedule" : "kind";

    /// <summary>A record with every key at its default; required ones are null or zero.</summary>
    public static object Fresh(Type record) => Activator.CreateInstance(record)!;

    /// <summary>A <see cref="ConfigList{T}"/> of these elements.</summary>
    public static object List(Type element, IReadOnlyList<object> items)
    {
        var array = Array.CreateInstance(element, items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            array.SetValue(items[i], i);
        }

        return Activator.CreateInstance(typeof(ConfigList<>).MakeGenericType(element), array)!;
    }
}
