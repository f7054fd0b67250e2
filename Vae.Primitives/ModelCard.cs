using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vae.Primitives;

/// <summary>What stands beside an exported model, in card.json: where it comes from, what goes in and out, and how closely it computes what the trainer computes.</summary>
/// <remarks>A model is one folder, &lt;name&gt;-&lt;part&gt;/&lt;version&gt;/, with model.onnx and card.json; the keys of the JSON are in snake_case.</remarks>
/// <param name="Name">The model's name, without its part.</param>
/// <param name="Part">encoder, posterior, prior, decoder, reconstruct, log_weight, classifier, ...</param>
/// <param name="RunId">The run that trained it.</param>
/// <param name="Kind">The kind of model, such as vae, cvae, gmvae or vrnn.</param>
/// <param name="Commit">The program's commit when the model was trained.</param>
/// <param name="Config">The run's resolved config, TOML.</param>
/// <param name="Data">What it was trained on.</param>
/// <param name="Image">The shape of x as an image; null where x is none.</param>
/// <param name="Dimensions">Number of dimensions of x.</param>
/// <param name="Latent">Number of latent dimensions.</param>
/// <param name="Classes">Number of classes, 0 where there are none.</param>
/// <param name="Opset">The version of ONNX's operators.</param>
/// <param name="Precision">fp32 or fp16: what it computes in; inputs and outputs are FP32 either way.</param>
/// <param name="Inputs">What goes in.</param>
/// <param name="Outputs">What comes out.</param>
/// <param name="Parity">How far ONNX Runtime's numbers are from the trainer's.</param>
public sealed record ModelCard(
    string Name,
    string Part,
    string RunId,
    string Kind,
    string Commit,
    string Config,
    ModelCardData Data,
    ModelCardImage? Image,
    long Dimensions,
    long Latent,
    long Classes,
    int Opset,
    string Precision,
    IReadOnlyList<ModelCardInput> Inputs,
    IReadOnlyList<ModelCardOutput> Outputs,
    ModelCardParity Parity
)
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "card.json";

    // A card is read by people: what needn't be escaped isn't.
    private static readonly JsonSerializerOptions options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The card as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, options);

    /// <summary>The card that JSON holds.</summary>
    /// <exception cref="JsonException">It's no card.</exception>
    public static ModelCard Parse(string json) =>
        JsonSerializer.Deserialize<ModelCard>(json, options)
        ?? throw new JsonException("A model card is an object, and this is null.");
}

/// <summary>What a model was trained on.</summary>
/// <param name="Name">The data set, as in a config.</param>
/// <param name="Binarisation">How pixels became 0 and 1; none where they didn't.</param>
/// <param name="Licence">Under what terms the data may be used.</param>
public sealed record ModelCardData(string Name, string Binarisation, string Licence);

/// <summary>The shape of an image; as a vector, channel after channel, row by row.</summary>
public sealed record ModelCardImage(long Channels, long Height, long Width);

/// <summary>A tensor that goes in.</summary>
/// <param name="Name">Its name in the ONNX file.</param>
/// <param name="Shape">Its sizes; -1 is the batch.</param>
/// <param name="Datatype">As the inference protocol writes it, such as FP32.</param>
/// <param name="Meaning">What it is.</param>
/// <param name="Range">Least and greatest ordinary value; null where none are stated.</param>
public sealed record ModelCardInput(
    string Name,
    IReadOnlyList<long> Shape,
    string Datatype,
    string Meaning,
    IReadOnlyList<double>? Range
);

/// <summary>A tensor that comes out.</summary>
/// <param name="Name">Its name in the ONNX file.</param>
/// <param name="Shape">Its sizes; -1 is the batch.</param>
/// <param name="Datatype">As the inference protocol writes it, such as FP32.</param>
/// <param name="Meaning">What it is.</param>
public sealed record ModelCardOutput(string Name, IReadOnlyList<long> Shape, string Datatype, string Meaning);

/// <summary>The proof at export: the same inputs through ONNX Runtime and through the trainer.</summary>
/// <param name="Inputs">How many random inputs.</param>
/// <param name="BatchSizes">In batches of which sizes.</param>
/// <param name="Outputs">The largest differences of each output.</param>
public sealed record ModelCardParity(
    int Inputs,
    IReadOnlyList<int> BatchSizes,
    IReadOnlyList<ModelCardDifference> Outputs
);

/// <summary>The largest differences of an output: max |a − b|, and max |a − b| / max(1, max |b|) with the trainer's numbers b.</summary>
public sealed record ModelCardDifference(string Name, double Absolute, double Relative);
