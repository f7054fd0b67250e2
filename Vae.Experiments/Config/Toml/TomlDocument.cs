using System.Text;

namespace Vae.Experiments.Config;

/// <summary>Reads TOML, keeping line and column of every key and value.</summary>
public static class TomlDocument
{
    /// <summary>The document's root table; null, and an error, when the text is no TOML.</summary>
    /// <param name="text">The file's bytes, UTF-8.</param>
    /// <param name="name">The file's name in errors.</param>
    /// <param name="error">What is wrong with the text.</param>
    public static unsafe TomlTable? Parse(ReadOnlySpan<byte> text, string name, out ConfigError? error)
    {
        TomlNative.Document* document;
        fixed (byte* pointer = text)
        {
            document = TomlNative.Parse(pointer, text.Length);
        }

        if (document is null)
        {
            throw new InsufficientMemoryException($"no memory to parse {name}");
        }

        try
        {
            error = document->Error is null
                ? null
                : new(
                    At(name, document->Line, document->Column),
                    Message(Text(document->Error, document->ErrorLength))
                );
            return error is null ? Build(*document, name) : null;
        }
        finally
        {
            TomlNative.Free(document);
        }
    }

    // toml++ gives a table's keys sorted by name; the order in the file is better for errors. A parent's index is below its children's.
    private static unsafe TomlTable Build(TomlNative.Document document, string name)
    {
        var values = new TomlValue[document.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Value(document.Nodes[i], name);
        }

        var order = Enumerable
            .Range(1, values.Length - 1)
            .OrderBy(i => document.Nodes[i].KeyLine)
            .ThenBy(i => document.Nodes[i].KeyColumn);
        foreach (var i in order)
        {
            var node = document.Nodes[i];
            if (values[node.Parent] is TomlTable table)
            {
                var key = Text(node.Key, node.KeyLength);
                table.Set(new(key, At(name, node.KeyLine, node.KeyColumn), values[i]));
            }
            else if (values[node.Parent] is TomlArray array)
            {
                array.Items.Add(values[i]);
            }
        }

        return (TomlTable)values[0];
    }

    private static unsafe TomlValue Value(TomlNative.Node node, string name)
    {
        var source = At(name, node.Line, node.Column);
        return node.Kind switch
        {
            TomlNative.Kind.Table => new TomlTable(source),
            TomlNative.Kind.Array => new TomlArray([], source),
            TomlNative.Kind.String => new TomlScalar(Text(node.Text, node.TextLength), source),
            TomlNative.Kind.Integer => new TomlScalar(node.Integer, source),
            TomlNative.Kind.Float => new TomlScalar(node.Number, source),
            TomlNative.Kind.Boolean => new TomlScalar(node.Integer != 0, source),
            _ => new TomlTime(Text(node.Text, node.TextLength), source),
        };
    }

    private static unsafe string Text(byte* pointer, long length) =>
        Encoding.UTF8.GetString(pointer, checked((int)length));

    private static Source At(string name, uint line, uint column) =>
        new(name, Math.Max(1, (int)line), Math.Max(1, (int)column));

    // A parser's message may quote control characters; an error is one line.
    private static string Message(string text) => new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);
}
