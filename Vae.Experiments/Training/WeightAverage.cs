using TorchSharp.Modules;

namespace Vae.Experiments.Training;

/// <summary>The exponential moving average of a model's parameters over the steps: a ← d a + (1 − d) θ.</summary>
/// <remarks>
/// d = min(decay, (1 + t) / (10 + t)) at step t, so that the first parameters are soon forgotten. What a module counts besides its parameters
/// (running statistics) isn't averaged. Polyak and Juditsky 1992; Kingma and Ba 2015, arXiv:1412.6980, section 7.2.
/// </remarks>
public sealed class WeightAverage : IDisposable
{
    private readonly double decay;
    private readonly (string Name, Parameter Parameter)[] parameters;
    private readonly Tensor[] averages;

    /// <summary>The average of the parameters as they are now.</summary>
    public WeightAverage(IEnumerable<(string Name, Parameter Parameter)> parameters, double decay)
    {
        this.decay = decay;
        this.parameters = [.. parameters];
        using IDisposable off = no_grad();
        averages = [.. this.parameters.Select(p => p.Parameter.detach().clone().DetachFromDisposeScope())];
    }

    /// <summary>Begins anew with the parameters as they are.</summary>
    public void Restart()
    {
        using IDisposable off = no_grad();
        for (int i = 0; i < averages.Length; i++)
        {
            averages[i].copy_(parameters[i].Parameter);
        }
    }

    /// <summary>The live averages, in the parameters' order: an optimizer's step takes the parameters into them.</summary>
    public IReadOnlyList<Tensor> Averages => averages;

    /// <summary>d, the part of the averages that stays at a step.</summary>
    public double KeptAt(long step) => Math.Min(decay, (1.0 + step) / (10.0 + step));

    /// <summary>The live averages by the parameters' names.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors() =>
        parameters.Zip(averages).ToDictionary(pair => pair.First.Name, pair => pair.Second);

    /// <summary>Puts stored averages back.</summary>
    /// <exception cref="InvalidOperationException">They are of other parameters.</exception>
    public void Load(IReadOnlyDictionary<string, Tensor> stored)
    {
        if (!parameters.Select(p => p.Name).ToHashSet().SetEquals(stored.Keys))
        {
            throw new InvalidOperationException(
                stored.Count == 0
                    ? "it has no averaged weights, which train.ema asks for"
                    : "its averaged weights are of another model"
            );
        }

        using IDisposable off = no_grad();
        foreach (var (name, average) in Tensors())
        {
            average.copy_(stored[name]);
        }
    }

    /// <summary>Makes the averages the model's parameters until what is returned is disposed.</summary>
    public IDisposable Use() => new Swap(parameters, averages);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor average in averages)
        {
            average.Dispose();
        }
    }

    private sealed class Swap : IDisposable
    {
        private readonly (Parameter Parameter, Tensor Own)[] put;

        internal Swap((string Name, Parameter Parameter)[] parameters, Tensor[] averages)
        {
            using IDisposable off = no_grad();
            put = [.. parameters.Select(p => (p.Parameter, p.Parameter.detach().clone().DetachFromDisposeScope()))];
            for (int i = 0; i < averages.Length; i++)
            {
                parameters[i].Parameter.copy_(averages[i]);
            }
        }

        public void Dispose()
        {
            using IDisposable off = no_grad();
            foreach (var (parameter, own) in put)
            {
                parameter.copy_(own);
                own.Dispose();
            }
        }
    }
}
