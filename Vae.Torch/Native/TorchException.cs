using System.Runtime.InteropServices;

namespace Vae.Torch;

/// <summary>An error that libtorch reported: the operator, the shapes of its arguments, and libtorch's own message.</summary>
public sealed class TorchException : Exception
{
    private TorchException(string operatorName, string arguments, string detail)
        : base($"{operatorName}({arguments}): {detail}") => Operator = operatorName;

    /// <summary>The operator that failed, as the dispatcher names it.</summary>
    public string Operator { get; }

    internal static unsafe TorchException Last(string operatorName, string arguments)
    {
        string text = Marshal.PtrToStringUTF8((nint)Shim.vt_error()) ?? "unknown error";
        return new TorchException(operatorName, arguments, text.Trim());
    }

    internal static void ThrowIf(int status, string operatorName, string arguments = "")
    {
        if (status != 0)
        {
            throw Last(operatorName, arguments);
        }
    }
}
