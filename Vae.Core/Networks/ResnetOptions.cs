namespace Vae.Core.Networks;

/// <summary>The sizes of a residual encoder or decoder.</summary>
/// <param name="Channels">Feature maps of every block.</param>
/// <param name="Stages">Stages; from one to the next the image's sides halve.</param>
/// <param name="Blocks">Blocks of a stage.</param>
/// <param name="Hidden">Width of the encoder's fully connected layer.</param>
/// <param name="BranchScale">What the branches are multiplied with before the shortcut is added.</param>
/// <param name="Activation">The nonlinearity.</param>
public sealed record ResnetOptions(
    int Channels = 64,
    int Stages = 3,
    int Blocks = 2,
    int Hidden = 450,
    double BranchScale = 0.1,
    Activation Activation = Activation.Elu
)
{
    /// <summary>By how much the sides shrink in all.</summary>
    public long Stride => 1L << (Stages - 1);
}
