namespace Vae.Core.Models;

/// <summary>A model whose evidence has a closed form: the truth that estimators are held against.</summary>
public interface IExactEvidence
{
    /// <summary>log p(x) of each example in nats, in float64. x: [B, D] → B numbers.</summary>
    double[] LogEvidence(Tensor x);

    /// <summary>The evidence lower bound of each example without any sampling, log p(x) − KL(q(z | x) ‖ p(z | x)). x: [B, D] → B numbers, nats.</summary>
    double[] Elbo(Tensor x);
}
