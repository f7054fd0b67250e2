namespace Vae.Experiments.Config;

/// <summary>A value of a TOML document, and where it was written.</summary>
public abstract record TomlValue(Source Source)
{
    /// <summary>The value in an error's words: "the string \"12\"", "a table".</summary>
    public abstract string Describe();
}

/// <summary>A string, integer (long), float (double) or boolean.</summary>
public sealed record TomlScalar(object Value, Source Source) : TomlValue(Source)
{
    /// <inheritdoc/>
    public override string Describe() =>
        Value switch
        {
            string text => $"the string {TomlText.Of(text)}",
            long or double => $"the number {TomlText.Of(Value)}",
            _ => $"the boolean {TomlText.Of(Value)}",
        };
}

/// <summary>A date or a time; no key takes one.</summary>
public sealed record TomlTime(string Text, Source Source) : TomlValue(Source)
{
    /// <inheritdoc/>
    public override string Describe() => $"the date or time {Text}";
}

/// <summary>An array; an array of tables too.</summary>
public sealed record TomlArray(List<TomlValue> Items, Source Source) : TomlValue(Source)
{
    /// <inheritdoc/>
    public override string Describe() => "an array";
}

/// <summary>A table, its keys in the order in which they were written.</summary>
public sealed record TomlTable(Source Source) : TomlValue(Source)
{
    private readonly List<TomlEntry> entries = [];

    /// <summary>The keys and their values.</summary>
    public IReadOnlyList<TomlEntry> Entries => entries;

    /// <summary>The entry of a key, or null.</summary>
    public TomlEntry? Find(string key) => entries.Find(entry => entry.Key == key);

    /// <summary>Writes an entry, over the one of the same key.</summary>
    public void Set(TomlEntry entry)
    {
        var at = entries.FindIndex(other => other.Key == entry.Key);
        if (at < 0)
        {
            entries.Add(entry);
        }
        else
        {
            entries[at] = entry;
        }
    }

    /// <summary>Takes a key out.</summary>
    public void Remove(string key) => entries.RemoveAll(entry => entry.Key == key);

    /// <inheritdoc/>
    public override string Describe() => "a table";
}

/// <summary>A key of a table, where it was written, and its value.</summary>
public sealed record TomlEntry(string Key, Source Source, TomlValue Value);
