using System.Reflection;
using System.Runtime.CompilerServices;

namespace Vae.Experiments.Config;

/// <summary>One key of a table: its name, its type and what its attribute says.</summary>
public sealed class KeySchema(PropertyInfo property)
{
    /// <summary>The key in the file.</summary>
    public string Name { get; } = Naming.Key(property.Name);

    /// <summary>The ranges and the sentence.</summary>
    public KeyAttribute Attribute { get; } = property.GetCustomAttribute<KeyAttribute>()!;

    /// <summary>Whether it holds a number that a schedule goes through.</summary>
    public bool IsScheduled { get; } = property.IsDefined(typeof(ScheduledAttribute));

    /// <summary>Whether the key must be there.</summary>
    public bool Required { get; } = property.IsDefined(typeof(RequiredMemberAttribute));

    /// <summary>The value's type, without nullability: int, double, bool, string, an enum, a record, or a list of these.</summary>
    public Type Type { get; } = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;

    /// <summary>The type of a list's elements; null when the key is no list.</summary>
    public Type? Element =>
        Type.IsGenericType && Type.GetGenericTypeDefinition() == typeof(ConfigList<>)
            ? Type.GetGenericArguments()[0]
            : null;

    /// <summary>Whether the value is a table of its own.</summary>
    public bool IsTable => Schema.IsTable(Type) && !Schema.IsSchedule(Type);

    /// <summary>Whether the value is an array of tables.</summary>
    public bool IsTableArray => Element is { } element && Schema.IsTable(element);

    /// <summary>The value in a record.</summary>
    public object? Get(object record) => property.GetValue(record);

    /// <summary>Sets the value in a record that is being made.</summary>
    public void Set(object record, object? value) => property.SetValue(record, value);
}
