namespace Vae.Experiments.Config;

/// <summary>How a Sylvester flow's orthonormal columns are made.</summary>
public enum SylvesterBasisName
{
    /// <summary>Few columns, by an iteration.</summary>
    Orthogonal,

    /// <summary>As many as z, by reflections.</summary>
    Householder,

    /// <summary>As many as z: the identity and the reversal in turn.</summary>
    Triangular,
}
