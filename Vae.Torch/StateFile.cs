using TorchSharp;
using Vae.Primitives;
using static TorchSharp.torch;

namespace Vae.Torch;

/// <summary>Tensors by name and strings in a sealed safetensors file.</summary>
/// <param name="Tensors">On the CPU, in the file's order; they belong to whoever loaded them.</param>
/// <param name="Metadata">The file's strings.</param>
public sealed record StateFile(Dictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, string> Metadata)
{
    private static readonly (ScalarType Type, string Name)[] types =
    [
        (ScalarType.Float32, "F32"),
        (ScalarType.Float64, "F64"),
        (ScalarType.Float16, "F16"),
        (ScalarType.BFloat16, "BF16"),
        (ScalarType.Int64, "I64"),
        (ScalarType.Int32, "I32"),
        (ScalarType.Int16, "I16"),
        (ScalarType.Int8, "I8"),
        (ScalarType.Byte, "U8"),
        (ScalarType.Bool, "BOOL"),
    ];

    /// <summary>Writes the file whole or not at all. Equal content gives equal bytes.</summary>
    public static void Save(
        string path,
        IReadOnlyDictionary<string, Tensor> tensors,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        ArgumentNullException.ThrowIfNull(tensors);
        SafeTensor[] stored = [.. tensors.Select(t => Stored(t.Key, t.Value))];
        AtomicFile.Write(
            path,
            stream => SafeTensors.Write(stream, stored, metadata ?? new Dictionary<string, string>())
        );
    }

    /// <summary>Reads a file that <see cref="Save"/> made.</summary>
    /// <exception cref="CorruptFileException">The content isn't what was written.</exception>
    public static StateFile Load(string path)
    {
        SafeTensorFile file = SafeTensors.Read(path);
        return new StateFile(file.Tensors.ToDictionary(t => t.Name, Loaded), file.Metadata);
    }

    private static SafeTensor Stored(string name, Tensor tensor)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        byte[] bytes = tensor.to(CPU).contiguous().bytes.ToArray();
        return new SafeTensor(name, types.First(t => t.Type == tensor.dtype).Name, tensor.shape, bytes);
    }

    private static Tensor Loaded(SafeTensor stored)
    {
        Tensor tensor = empty([.. stored.Shape], types.First(t => t.Name == stored.DType).Type);
        stored.Data.Span.CopyTo(tensor.bytes);
        return tensor;
    }
}
