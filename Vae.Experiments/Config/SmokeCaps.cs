namespace Vae.Experiments.Config;

/// <summary>Holds every key that has a cap for --smoke (<see cref="KeyAttribute.Smoke"/>) to it.</summary>
internal static class SmokeCaps
{
    internal static object Apply(object record)
    {
        var small = Schema.Fresh(record.GetType());
        foreach (var key in Schema.Keys(record.GetType()))
        {
            key.Set(small, Value(key, key.Get(record)));
        }

        return small;
    }

    private static object? Value(KeySchema key, object? value) =>
        key.Attribute.Smoke is > 0 and var cap ? Math.Min((int?)value ?? cap, cap)
        : value is null ? null
        : key.IsTable ? Apply(value)
        : key.IsTableArray ? Schema.List(key.Element!, [.. ((IEnumerable<object>)value).Select(Apply)])
        : value;
}
