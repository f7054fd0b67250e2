using System.Collections;

namespace TorchSharp.Utils;

/// <summary>The elements of a tensor, row-major. Ours holds a managed copy, so it outlives the tensor.</summary>
public sealed class TensorAccessor<T> : IDisposable, IEnumerable<T>
    where T : unmanaged
{
    private readonly T[] elements;

    internal TensorAccessor(T[] elements) => this.elements = elements;

    public long Count => elements.Length;

    public T[] ToArray() => elements;

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)elements).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => elements.GetEnumerator();

    /// <summary>Nothing to free; here because TorchSharp's accessor is disposable.</summary>
    public void Dispose() { }
}
