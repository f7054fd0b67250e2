using Vae.Core.Models;

namespace Vae.Core.Objectives;

/// <summary>The evidence lower bound, E_q[log p(x | z)] − KL(q(z | x) ‖ p(z)), with the KL by Monte Carlo or in closed form, and its weighted kin.</summary>
/// <remarks>
/// [K, B] → [B], nats. Kingma and Welling 2014, arXiv:1312.6114, eq. 6 (Monte Carlo) and 7 (closed form).
/// β weighs the KL (β-VAE, Higgins et al. 2017; below 1 it's no bound). With a capacity C the KL's part is β |KL − C| for each example
/// (Burgess et al. 2018, arXiv:1804.03599, eq. 8, whose γ is β). Free bits λ: what the batch's mean KL lacks of λ costs nothing, Σⱼ max(λ, mean KLⱼ),
/// over latent dimensions j where the KL is had for each, otherwise over the whole KL (Kingma et al. 2016, arXiv:1606.04934, appendix C.8).
/// </remarks>
public sealed class Elbo(int samples, bool closedFormKl, Reduction reduction, double freeBits = 0)
    : Objective(samples, reduction)
{
    /// <inheritdoc/>
    protected override Tensor Reduce(Terms<Tensor> terms, ObjectiveValues values)
    {
        Tensor kl = freeBits > 0 ? Floored(Parts(terms)).sum(-1) : Kl(terms);
        kl = values.Capacity is { } capacity ? kl.sub(capacity).abs() : kl;
        return Weighted(terms.LogLikelihood.mean([0]), values.Reconstruction) - Weighted(kl, values.Beta);
    }

    private Tensor Kl(Terms<Tensor> terms) =>
        !closedFormKl ? (terms.LogQ - terms.LogPrior).mean([0])
        : terms.Kl is { } kl ? OverSamples(kl(), 1)
        : throw new InvalidOperationException("This model has no closed-form KL; use the Monte-Carlo KL.");

    // [B, Z], or [B, 1] where there is but the whole.
    private Tensor Parts(Terms<Tensor> terms) =>
        closedFormKl && terms.KlByDimension is { } parts ? OverSamples(parts(), 2) : Kl(terms).unsqueeze(-1);

    // λ in place of each part whose mean over the batch is below it: the mean over examples is max(λ, mean KLⱼ), and below λ no gradient flows.
    private Tensor Floored(Tensor parts)
    {
        Tensor above = parts.detach().mean([0], keepdim: true).gt(freeBits).to(parts.dtype);
        return parts * above + above.neg().add(1).mul(freeBits);
    }

    // A KL that depends on the sample, as that of a step of a sequence given those before, comes for each of the K.
    private static Tensor OverSamples(Tensor kl, int axes) => kl.dim() > axes ? kl.mean([0]) : kl;

    private static Tensor Weighted(Tensor x, double weight) => weight == 1 ? x : x.mul(weight);
}
