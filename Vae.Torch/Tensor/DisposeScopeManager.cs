namespace TorchSharp;

/// <summary>The stack of dispose scopes of each thread, and the count of what is alive.</summary>
public class DisposeScopeManager
{
    [ThreadStatic]
    private static DisposeScope? current;

    /// <summary>Counts over all tensors of this process.</summary>
    public static ThreadDisposeScopeStatistics Statistics { get; } = new();

    internal static DisposeScope? Current => current;

    internal static DisposeScope Push() => current = new DisposeScope(current);

    // Scopes may be disposed out of order; the outer ones that are left take over.
    internal static void Remove(DisposeScope scope)
    {
        for (DisposeScope? s = current; s is not null; s = s.Outer)
        {
            if (s == scope)
            {
                current = scope.Outer;
                return;
            }
        }
    }
}

/// <summary>How many tensors are alive. Unlike TorchSharp's, one count for the whole process.</summary>
public class ThreadDisposeScopeStatistics
{
    private long live;

    /// <summary>Tensors made and not yet disposed.</summary>
    public long ThreadTotalLiveCount => Interlocked.Read(ref live);

    internal void Created() => Interlocked.Increment(ref live);

    internal void Disposed() => Interlocked.Decrement(ref live);
}
