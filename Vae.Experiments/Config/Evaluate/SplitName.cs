namespace Vae.Experiments.Config;

/// <summary>A part of a data set.</summary>
public enum SplitName
{
    /// <summary>What the model is trained on.</summary>
    Train,

    /// <summary>What training is watched with.</summary>
    Valid,

    /// <summary>What results are stated on.</summary>
    Test,
}
