namespace Vae.Torch;

/// <summary>An operator of libtorch's dispatcher, looked up at its first call: <c>new("aten::add", "Tensor")</c>.</summary>
internal sealed class Operator(string name, string overload = "")
{
    private nint handle;

    internal string Name => overload.Length == 0 ? name : $"{name}.{overload}";

    internal nint Handle
    {
        get
        {
            if (handle == 0)
            {
                if (Shim.vt_operator(name, overload, out nint found) != 0)
                {
                    throw TorchException.Last(Name, "");
                }

                handle = found;
            }

            return handle;
        }
    }
}
