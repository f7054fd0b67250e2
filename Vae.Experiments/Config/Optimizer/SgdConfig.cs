namespace Vae.Experiments.Config;

/// <summary>Stochastic gradient descent.</summary>
[Kind("sgd", "Stochastic gradient descent.")]
public sealed record SgdConfig : OptimizerConfig, IRules
{
    /// <summary>Momentum of the steps.</summary>
    [Key("Momentum of the steps.", Min = 0, Below = 1)]
    public double Momentum { get; init; }

    /// <summary>Weight decay, added to the gradient.</summary>
    [Key("Weight decay, added to the gradient.", Min = 0)]
    public double WeightDecay { get; init; }

    /// <summary>Nesterov's momentum.</summary>
    [Key("Whether the momentum is Nesterov's; needs momentum > 0.")]
    public bool Nesterov { get; init; }

    /// <inheritdoc/>
    public IEnumerable<BrokenRule> Broken()
    {
        if (Nesterov && Momentum == 0)
        {
            yield return new("nesterov", "nesterov = true needs momentum > 0");
        }
    }
}
