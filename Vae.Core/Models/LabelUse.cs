namespace Vae.Core.Models;

/// <summary>What a model does with the class of an example.</summary>
public enum LabelUse
{
    /// <summary>It never sees it.</summary>
    None,

    /// <summary>It learns from those that are known, and is a model of x without: estimates are made without labels.</summary>
    Training,

    /// <summary>It is a model of x given the class, which each example must have.</summary>
    Always,
}
