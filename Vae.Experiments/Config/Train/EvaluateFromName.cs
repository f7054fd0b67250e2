namespace Vae.Experiments.Config;

/// <summary>Which weights are evaluated after training.</summary>
public enum EvaluateFromName
{
    /// <summary>Those with the best validation ELBO.</summary>
    Best,

    /// <summary>Those after the last step.</summary>
    Last,
}
