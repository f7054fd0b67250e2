namespace Vae.Experiments.Config;

/// <summary>Pre-activation residual blocks.</summary>
[Kind(
    "resnet",
    "For images: stages of pre-activation residual blocks, norm-act-conv3x3 twice beside a nearest-neighbour shortcut, each stage after the first at half the size; then a fully connected layer. A decoder is the mirror image (Kingma et al. 2016, arXiv:1606.04934, appendix A)."
)]
public sealed record ResnetConfig : NetworkConfig
{
    /// <summary>Batch norm with TensorFlow's settings, Xavier weights.</summary>
    public ResnetConfig() => (Norm, NormMomentum, NormEps, Init) = (NormName.Batch, 0.001, 0.001, InitName.Xavier);

    /// <summary>Feature maps.</summary>
    [Key("Feature maps of every block.", Min = 1)]
    public int Channels { get; init; } = 64;

    /// <summary>Stages.</summary>
    [Key("Stages; 2^(stages - 1) must divide the images' height and width.", Min = 1, Max = 16)]
    public int Stages { get; init; } = 3;

    /// <summary>Blocks of a stage.</summary>
    [Key("Blocks of each stage.", Min = 1)]
    public int Blocks { get; init; } = 2;

    /// <summary>Width of the fully connected layer.</summary>
    [Key("Width of the encoder's fully connected layer; a decoder has none.", Min = 1)]
    public int Hidden { get; init; } = 450;

    /// <summary>What a branch is multiplied with.</summary>
    [Key("What a block's branch is multiplied with before its shortcut is added.", Above = 0)]
    public double BranchScale { get; init; } = 0.1;

    /// <summary>The nonlinearity.</summary>
    [Key("The function before each convolution and after the fully connected layer.")]
    public ActivationName Activation { get; init; } = ActivationName.Elu;

    /// <inheritdoc/>
    public override IEnumerable<BrokenRule> Misfits(IReadOnlyList<int> shape) =>
        ImageMisfits(shape, "resnet", "stages", 1L << (Stages - 1));
}
