namespace Vae.Primitives;

/// <summary>The content of a safetensors file.</summary>
/// <param name="Tensors">In the file's order, without the seal.</param>
/// <param name="Metadata">The strings under <c>__metadata__</c>.</param>
public sealed record SafeTensorFile(IReadOnlyList<SafeTensor> Tensors, IReadOnlyDictionary<string, string> Metadata);
