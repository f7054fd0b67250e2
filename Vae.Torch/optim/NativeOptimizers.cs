using System.Runtime.InteropServices;

namespace Vae.Torch;

/// <summary>What became of a parameter in a step: it had no gradient, it was updated, or the update, with its average, is left to operators.</summary>
internal enum Outcome : byte
{
    NoGradient,
    Stepped,
    Left,
}

/// <summary>native/optim.cpp's Parameters.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeParameters
{
    internal long Count;
    internal long Quantities;
    internal nint* Parameters;
    internal nint* States;
    internal long* Steps;
    internal Outcome* Outcomes;
    internal double Scale;
    internal nint* Averages;
    internal double Kept;
}

/// <summary>The exports of native/optim.cpp, as they are.</summary>
internal static unsafe partial class NativeOptimizers
{
    [LibraryImport(LibTorch.Shim)]
    internal static partial int vt_optim_sgd(
        NativeParameters* all,
        double lr,
        double momentum,
        double dampening,
        double weightDecay,
        int nesterov,
        int maximize
    );

    [LibraryImport(LibTorch.Shim)]
    internal static partial int vt_optim_adam(
        NativeParameters* all,
        double lr,
        double beta1,
        double beta2,
        double eps,
        double weightDecay,
        int decoupled,
        int maximize
    );

    [LibraryImport(LibTorch.Shim)]
    internal static partial int vt_optim_adamax(
        NativeParameters* all,
        double lr,
        double beta1,
        double beta2,
        double eps,
        double weightDecay
    );

    [LibraryImport(LibTorch.Shim)]
    internal static partial int vt_optim_rmsprop(
        NativeParameters* all,
        double lr,
        double alpha,
        double eps,
        double weightDecay,
        double momentum,
        int maximize
    );
}
