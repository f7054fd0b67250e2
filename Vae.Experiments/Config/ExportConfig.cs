namespace Vae.Experiments.Config;

/// <summary>What a run leaves for applications.</summary>
[Table("What a run leaves for applications; vae export does the same later.")]
public sealed record ExportConfig
{
    /// <summary>Whether ONNX files are written.</summary>
    [Key("Whether a run ends with ONNX files and their cards, in models/.")]
    public bool Onnx { get; init; }

    /// <summary>Which parts.</summary>
    [Key(
        "Which parts of the model; an empty list: all that it has.",
        Words = ["encoder", "posterior", "prior", "decoder", "reconstruct", "log_weight", "classifier"]
    )]
    public ConfigList<string> Parts { get; init; } = [];
}
