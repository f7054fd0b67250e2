using System.Reflection;
using System.Text.Json;

namespace Vae.Experiments.Results;

/// <summary>The columns of a row type: its properties in their order, PascalCase turned to snake_case, typed by theirs.</summary>
internal static class TableSchema<T>
    where T : class
{
    private static readonly PropertyInfo[] properties =
    [
        .. typeof(T).GetProperties().OrderBy(property => property.MetadataToken),
    ];

    private static readonly ConstructorInfo constructor = typeof(T).GetConstructors().Single();

    /// <summary>Column definitions as CREATE TABLE wants them.</summary>
    public static string Definition =>
        string.Join(", ", properties.Select(property => $"\"{Column(property)}\" {SqlType(property.PropertyType)}"));

    /// <summary>The columns as SELECT wants them.</summary>
    public static string Selection => string.Join(", ", properties.Select(property => $"\"{Column(property)}\""));

    /// <summary>A row's values in the order of the columns.</summary>
    public static object?[] Values(T row) => [.. properties.Select(property => property.GetValue(row))];

    /// <summary>The row of such values: through the constructor's parameters (a positional record), the rest by property.</summary>
    public static T Row(IReadOnlyList<object?> values)
    {
        var byName = properties
            .Zip(values, (property, value) => (property, Value: Convert(value, property.PropertyType)))
            .ToDictionary(pair => pair.property.Name);
        var parameters = constructor.GetParameters().Select(parameter => parameter.Name!).ToList();
        var row = (T)constructor.Invoke([.. parameters.Select(name => byName[name].Value)]);
        foreach (var (property, value) in byName.Values.Where(pair => !parameters.Contains(pair.property.Name)))
        {
            property.SetValue(row, value);
        }
        return row;
    }

    private static string Column(PropertyInfo property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    private static string SqlType(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) switch
        {
            var t when t == typeof(string) => "VARCHAR",
            var t when t == typeof(long) => "BIGINT",
            var t when t == typeof(int) => "INTEGER",
            var t when t == typeof(double) => "DOUBLE",
            var t when t == typeof(bool) => "BOOLEAN",
            var t => throw new NotSupportedException($"no column type for {t.Name} of {typeof(T).Name}"),
        };

    private static object? Convert(object? value, Type type) =>
        value is long number && (Nullable.GetUnderlyingType(type) ?? type) == typeof(int) ? (int)number : value;
}
