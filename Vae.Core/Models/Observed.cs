namespace Vae.Core.Models;

/// <summary>What is observed of a batch: x, and where the model asks for them, labels and which steps of a sequence are there.</summary>
/// <param name="X">[B, D]; sequences as one vector, step after step.</param>
public readonly record struct Observed<T>(T X)
{
    /// <summary>The class of each example as a row with a single 1, or with none where it isn't known: [B, Y].</summary>
    public T? Label { get; init; }

    /// <summary>1 where a sequence has a step, 0 after its end: [B, T]; null where all are whole.</summary>
    public T? Present { get; init; }

    /// <summary>x alone.</summary>
    public static implicit operator Observed<T>(T x) => new(x);
}
