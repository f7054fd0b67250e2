using System.Collections;
using System.Runtime.CompilerServices;

namespace Vae.Experiments.Config;

/// <summary>An immutable list that equals another by its elements, so that records that hold lists keep their equality.</summary>
[CollectionBuilder(typeof(ConfigList), nameof(ConfigList.Create))]
public sealed class ConfigList<T>(IEnumerable<T> items) : IReadOnlyList<T>, IEquatable<ConfigList<T>>
{
    private readonly T[] items = [.. items];

    /// <inheritdoc/>
    public int Count => items.Length;

    /// <inheritdoc/>
    public T this[int index] => items[index];

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(ConfigList<T>? other) => other is not null && items.AsSpan().SequenceEqual(other.items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ConfigList<T>);

    /// <inheritdoc/>
    public override int GetHashCode() => items.Aggregate(0, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", items)}]";
}

/// <summary>Lets a collection expression make a <see cref="ConfigList{T}"/>.</summary>
public static class ConfigList
{
    /// <summary>The list of these elements.</summary>
    public static ConfigList<T> Create<T>(ReadOnlySpan<T> items) => new(items.ToArray());
}
