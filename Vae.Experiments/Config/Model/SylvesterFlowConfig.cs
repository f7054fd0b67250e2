namespace Vae.Experiments.Config;

/// <summary>Sylvester flows (van den Berg et al. 2018, arXiv:1803.05649).</summary>
[Kind(
    "sylvester",
    "Sylvester flow, y = z + Q R tanh(R̃ Qᵀz + b) with R, R̃ upper triangular and Q of orthonormal columns, all from the context by linear maps (van den Berg et al. 2018, arXiv:1803.05649, eq. 13). No inverse that can be computed."
)]
public sealed record SylvesterFlowConfig : FlowConfig
{
    /// <summary>How Q is made.</summary>
    [Key(
        "orthogonal: Q has `columns` columns, made orthonormal by an iteration; householder: a product of reflections; triangular: the identity and the reversal of the dimensions in turn."
    )]
    public SylvesterBasisName Basis { get; init; }

    /// <summary>Columns of an orthogonal Q.</summary>
    [Key(
        "Columns of Q, at most `latent`, for the orthogonal basis; the others have as many as z.",
        Min = 1,
        Absent = "as many as z, 32 at most"
    )]
    public int? Columns { get; init; }

    /// <summary>Reflections of a Householder Q.</summary>
    [Key("How many reflections make Q, for the Householder basis.", Min = 1)]
    public int Reflections { get; init; } = 8;

    /// <inheritdoc/>
    public override bool HasInverse => false;

    /// <inheritdoc/>
    public override IEnumerable<BrokenRule> Refuse(int latent)
    {
        if (Basis == SylvesterBasisName.Orthogonal && Columns > latent)
        {
            yield return new(
                "columns",
                $"must be at most latent = {latent}, found {Columns}: no more columns can be orthonormal"
            );
        }

        if (Basis != SylvesterBasisName.Orthogonal && Columns is { } columns && columns != latent)
        {
            yield return new(
                "columns",
                $"is for basis = \"orthogonal\"; with any other, Q has latent = {latent} columns, found {columns}"
            );
        }
    }
}
