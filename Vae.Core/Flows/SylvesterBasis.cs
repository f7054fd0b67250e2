namespace Vae.Core.Flows;

/// <summary>What makes the columns of Q in a Sylvester flow orthonormal.</summary>
public enum SylvesterBasis
{
    /// <summary>M columns, made orthonormal by iterating Q ← Q (I + ½ (I − QᵀQ)).</summary>
    Orthogonal,

    /// <summary>Z columns: a product of Householder reflections.</summary>
    Householder,

    /// <summary>Z columns: the identity, or the reversal of the dimensions.</summary>
    Triangular,
}
