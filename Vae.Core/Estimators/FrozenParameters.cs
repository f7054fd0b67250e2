namespace Vae.Core.Estimators;

/// <summary>Holds a model's parameters fixed until it is disposed: gradients flow to other things alone.</summary>
internal sealed class FrozenParameters : IDisposable
{
    private readonly List<Parameter> frozen;

    public FrozenParameters(nn.Module model)
    {
        frozen = [.. model.parameters().Where(p => p.requires_grad)];
        frozen.ForEach(p => p.requires_grad = false);
    }

    public void Dispose() => frozen.ForEach(p => p.requires_grad = true);
}
