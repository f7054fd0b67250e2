namespace Vae.Experiments.Config;

/// <summary>How the ELBO's Kullback-Leibler term is had.</summary>
public enum KlName
{
    /// <summary>By formula.</summary>
    ClosedForm,

    /// <summary>From the samples: log q(z|x) − log p(z).</summary>
    MonteCarlo,
}
