using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A tensor that a module learns. It takes the place of the tensor it is made of, which is not to be used any more.</summary>
public class Parameter : Tensor
{
    public Parameter(Tensor data, bool requires_grad = true)
        : base(Taken(data)) => this.requires_grad = requires_grad;

    // A parameter is a leaf: what computed its first values is forgotten.
    private static nint Taken(Tensor data)
    {
        if (data.is_leaf)
        {
            return data.Release();
        }

        using (data)
        {
            return data.detach().Release();
        }
    }
}
