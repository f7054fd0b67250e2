using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Vae.OnnxRuntime.Native;

/// <summary>A session's inputs or outputs: what they are, and their names as C reads them, kept for every run.</summary>
internal sealed class NodeTable
{
    private readonly string kind;
    private readonly Dictionary<string, nint> pointers;

    private NodeTable(string kind, nint session, Slot count, Slot name, Slot type)
    {
        this.kind = kind;
        var names = new List<string>();
        var metadata = new Dictionary<string, NodeMetadata>();
        var all = Api.Get(count, session);
        for (nint i = 0; i < all; i++)
        {
            var text = Api.TakeText(name, session, i, Api.DefaultAllocator) ?? "";
            names.Add(text);
            var info = Api.Get(type, session, i);
            metadata[text] = new NodeMetadata(info);
            Api.Release(Slot.ReleaseTypeInfo, info);
        }
        Names = names;
        Metadata = metadata;
        pointers = metadata.Keys.ToDictionary(text => text, Marshal.StringToCoTaskMemUTF8);
    }

    public IReadOnlyList<string> Names { get; }

    public IReadOnlyDictionary<string, NodeMetadata> Metadata { get; }

    public static NodeTable Inputs(nint session) =>
        new("input", session, Slot.SessionGetInputCount, Slot.SessionGetInputName, Slot.SessionGetInputTypeInfo);

    public static NodeTable Outputs(nint session) =>
        new("output", session, Slot.SessionGetOutputCount, Slot.SessionGetOutputName, Slot.SessionGetOutputTypeInfo);

    /// <exception cref="OnnxRuntimeException">The model has no input (or output) of one of these names.</exception>
    public nint[] Pointers(IReadOnlyCollection<string> names)
    {
        var found = new nint[names.Count];
        var i = 0;
        foreach (var name in names)
        {
            found[i++] = pointers.TryGetValue(name, out var pointer)
                ? pointer
                : throw new OnnxRuntimeException(
                    ErrorCode.InvalidArgument,
                    $"The model has no {kind} '{name}'; its {kind}s are {string.Join(", ", Names)}."
                );
        }
        return found;
    }

    /// <summary>Like <see cref="Pointers"/>, where none may be left out.</summary>
    /// <exception cref="OnnxRuntimeException">One is left out, or the model has none of that name.</exception>
    public nint[] AllPointers(IReadOnlyCollection<string> names)
    {
        var found = Pointers(names);
        return Names.FirstOrDefault(name => !names.Contains(name)) is { } missing
            ? throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"The model's {kind} '{missing}' is not given.")
            : found;
    }

    public void Free()
    {
        foreach (var pointer in pointers.Values)
        {
            Marshal.FreeCoTaskMem(pointer);
        }
    }
}
