namespace Microsoft.ML.OnnxRuntime;

/// <summary>Things to read, and to dispose of together.</summary>
/// <typeparam name="T">What they are.</typeparam>
public interface IDisposableReadOnlyCollection<T> : IReadOnlyList<T>, IDisposable;
