using System.Collections;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>A run's outputs, which own their memory until they are disposed of.</summary>
internal sealed class OrtValues(OrtValue[] values) : IDisposableReadOnlyCollection<OrtValue>
{
    public OrtValue this[int index] => values[index];

    public int Count => values.Length;

    public IEnumerator<OrtValue> GetEnumerator() => values.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
        foreach (var value in values)
        {
            value.Dispose();
        }
    }
}
