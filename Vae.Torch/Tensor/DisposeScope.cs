using static TorchSharp.torch;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Opens a scope: the tensors made on this thread until it's disposed die with it, but for those moved out.</summary>
    public static DisposeScope NewDisposeScope() => DisposeScopeManager.Push();
}

/// <summary>Owns the tensors made while it is the innermost scope of its thread.</summary>
public sealed class DisposeScope : IDisposable
{
    private readonly List<Tensor> tensors = [];

    internal DisposeScope(DisposeScope? outer) => Outer = outer;

    internal DisposeScope? Outer { get; }

    public int DisposablesCount => tensors.Count(t => t.OwningScope == this);

    internal IEnumerable<Tensor> Tensors => tensors.Where(t => t.OwningScope == this && !t.IsInvalid);

    internal void Add(Tensor tensor)
    {
        tensor.OwningScope = this;
        tensors.Add(tensor);
    }

    public T MoveToOuter<T>(T disposable)
        where T : IDisposable => MoveToOther(Outer, disposable);

    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => (MoveToOuter(first), MoveToOuter(second));

    public T MoveToOther<T>(DisposeScope? scope, T disposable)
        where T : IDisposable
    {
        if (disposable is Tensor tensor)
        {
            if (scope is null)
            {
                tensor.OwningScope = null;
            }
            else if (tensor.OwningScope != scope)
            {
                scope.Add(tensor);
            }
        }

        return disposable;
    }

    public T Detach<T>(T disposable)
        where T : IDisposable => MoveToOther(null, disposable);

    public void Attach(IDisposable disposable) => MoveToOther(this, disposable);

    public bool Contains(IDisposable disposable) => disposable is Tensor tensor && tensor.OwningScope == this;

    public void DisposeEverything()
    {
        foreach (Tensor tensor in tensors)
        {
            if (tensor.OwningScope == this)
            {
                tensor.Dispose();
            }
        }

        tensors.Clear();
    }

    public void Dispose()
    {
        DisposeEverything();
        DisposeScopeManager.Remove(this);
    }
}
