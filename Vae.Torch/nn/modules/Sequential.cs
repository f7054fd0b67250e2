using Vae.Torch;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>Modules one after the other; their names are their places unless given.</summary>
public class Sequential : Module<Tensor, Tensor>
{
    private readonly List<IModule<Tensor, Tensor>> order = [];

    internal Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules)
        : base(nameof(Sequential))
    {
        foreach ((string key, Module<Tensor, Tensor> module) in modules)
        {
            append(key, module);
        }
    }

    internal Sequential(IEnumerable<Module<Tensor, Tensor>> modules)
        : base(nameof(Sequential))
    {
        foreach (Module<Tensor, Tensor> module in modules)
        {
            append(module);
        }
    }

    public int Count => order.Count;

    public IModule<Tensor, Tensor> this[int index] => order[index];

    public Sequential append(string name, IModule<Tensor, Tensor> module)
    {
        register_module(name, (Module)module);
        order.Add(module);
        return this;
    }

    public Sequential append(IModule<Tensor, Tensor> module) => append($"{Count}", module);

    public override Tensor forward(Tensor tensor)
    {
        if (order.Count == 0)
        {
            return Op.Call(aten.alias, tensor);
        }

        foreach (IModule<Tensor, Tensor> module in order)
        {
            tensor = module.call(tensor);
        }

        return tensor;
    }
}
