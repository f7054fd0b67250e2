/// What an export leaves, and what it refuses.
module Vae.Tests.ExportTests

open System
open System.Collections.Generic
open System.IO
open Microsoft.ML.OnnxRuntime
open TorchSharp
open Vae.Core.Graphs
open Vae.Core.Models
open Vae.Experiments.Config
open Vae.Export
open Vae.Export.Parts
open Vae.Primitives
open Xunit

let private small = "latent = 3\nencoder.hidden = [8]\ndecoder.hidden = [8]"

let private files folder =
    if Directory.Exists folder then
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
        |> Array.map (fun file -> Path.GetRelativePath(folder, file))
        |> Array.sort
    else
        [||]

let private exporter name options model =
    ModelExporter(model, Exported.provenance name, options)

[<Fact>]
let ``Each part is a folder with a file and its card, and a second export is the next version of all`` () =
    use model = Exported.ofText "glyphs" small
    let folder = Exported.folder ()
    let first = exporter "m" (ExportOptions(Parts = [| "decoder" |])) model
    first.Export(folder, Nullable()) |> ignore
    let both = exporter "m" (ExportOptions(Parts = [| "decoder"; "prior" |])) model
    let written = both.Export(folder, Nullable())

    Assert.Equal<string>(
        [
            "m-decoder/1/card.json"
            "m-decoder/1/model.onnx"
            "m-decoder/2/card.json"
            "m-decoder/2/model.onnx"
            "m-prior/2/card.json"
            "m-prior/2/model.onnx"
        ],
        files folder
    )

    // in the model's own order
    Assert.Equal<string>([ "m-prior/2"; "m-decoder/2" ], written |> Seq.map (fun f -> Path.GetRelativePath(folder, f)))

[<Fact>]
let ``The card is in the file too, and says where it is from, what goes in and out, and how far off it is`` () =
    use model = Exported.ofText "glyphs" small

    let folders, said =
        Exported.export "m" (ExportOptions(Parts = [| "log_weight" |])) model

    let folder = Seq.exactlyOne folders
    let card = ModelCard.Parse(File.ReadAllText(Path.Combine(folder, "card.json")))
    use session = new InferenceSession(Path.Combine(folder, "model.onnx"))
    let inside = ModelCard.Parse(session.ModelMetadata.CustomMetadataMap["card"])
    Assert.Equal(card.ToJson(), inside.ToJson())
    Assert.Equal("name = \"π\"\n", card.Config)
    Assert.Equal<string>([ "x"; "eps" ], card.Inputs |> Seq.map _.Name)
    Assert.Equal<int64>([ -1L; 784L ], card.Inputs[0].Shape)
    Assert.Equal<float>([ 0.0; 1.0 ], card.Inputs[0].Range)
    Assert.Equal<int64>([ -1L ], (Seq.exactlyOne card.Outputs).Shape)
    Assert.Equal(1000, card.Parity.Inputs)
    Assert.Equal<int>([ 1; 2; 7; 64 ], card.Parity.BatchSizes)
    Assert.InRange((Seq.exactlyOne card.Parity.Outputs).Relative, 1e-12, 1e-4)
    Assert.Contains("log_weight", Seq.exactlyOne said)
    Assert.Equal<string>([ "x"; "eps" ], session.InputNames)
    Assert.Equal<int>([ -1; 784 ], session.InputMetadata["x"].Dimensions)

[<Fact>]
let ``Initializers have the names of the checkpoint`` () =
    use model = Exported.ofText "glyphs" small
    let folders, _ = Exported.export "m" (ExportOptions(Parts = [| "decoder" |])) model

    let text =
        Text.Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(folders[0], "model.onnx")))

    for struct (name, _) in model.named_parameters () do
        Assert.Equal(name.StartsWith("decoder.", StringComparison.Ordinal), text.Contains name)

[<Fact>]
let ``A weight that isn't the trainer's fails the proof`` () =
    use _ = torch.NewDisposeScope()
    use model = Exported.ofText "glyphs" small
    let folders, _ = Exported.export "m" (ExportOptions(Parts = [| "decoder" |])) model
    let file = Path.Combine(folders[0], "model.onnx")
    let part = Part.Of model |> Seq.find (fun part -> part.Name = "decoder")
    let inputs = ParityInputs(model, true).Drawn(part, 100)

    let hold () =
        ParityProof(part, ExportOptions()).Hold(file, inputs, null) |> ignore

    hold ()

    for struct (name, p) in model.named_parameters () do
        if name.StartsWith("decoder.", StringComparison.Ordinal) && p.dim () = 2L then
            use _ = torch.no_grad ()
            p.reshape(-1L).narrow(0L, 0L, 1L).add_(Scalar.op_Implicit 0.02) |> ignore

    let error = Assert.Throws<ParityException> hold
    Assert.Contains("decoder", error.Message)
    Assert.Contains("nothing was exported", error.Message)

/// Gives the trainer and the exporter different functions: what a defect of the exporter would look like.
type private Wrong(right: Part) =
    inherit Part(right.Name, right.Inputs, right.Outputs)

    override _.Forward<'T>(g: IGraph<'T>, inputs: IReadOnlyDictionary<string, 'T>) : IReadOnlyList<'T> =
        let outputs = right.Forward(g, inputs)

        match box g with
        | :? TensorGraph -> outputs |> Seq.map (fun y -> g.Affine(y, 1.001, 0.0)) |> Seq.toArray :> IReadOnlyList<'T>
        | _ -> outputs

[<Fact>]
let ``A difference of a thousandth is seen`` () =
    use _ = torch.NewDisposeScope()
    use model = Exported.ofText "glyphs" small
    let folders, _ = Exported.export "m" (ExportOptions(Parts = [| "decoder" |])) model
    let right = Part.Of model |> Seq.find (fun part -> part.Name = "decoder")
    let inputs = ParityInputs(model, true).Drawn(right, 100)

    Assert.Throws<ParityException>(fun () ->
        ParityProof(Wrong right, ExportOptions()).Hold(Path.Combine(folders[0], "model.onnx"), inputs, null)
        |> ignore)
    |> ignore

[<Fact>]
let ``When one part fails, nothing is left of any`` () =
    // half precision can't hold these log-densities
    use model = Exported.ofText "glyphs" small
    use _ = torch.no_grad ()

    for p in model.parameters () do
        p.mul_ (Scalar.op_Implicit 1000.0) |> ignore

    let folder = Exported.folder ()

    Assert.Throws<ParityException>(fun () ->
        (exporter "m" (ExportOptions(Half = true)) model).Export(folder, Nullable())
        |> ignore)
    |> ignore

    Assert.Empty(files folder)

    if Directory.Exists folder then
        Assert.Empty(Directory.GetDirectories folder)

[<Fact>]
let ``Half precision halves the file and keeps single inputs and outputs`` () =
    use model = Exported.ofText "glyphs" small

    let size options =
        let folders, _ = Exported.export "m" options model
        use session = new InferenceSession(Path.Combine(folders[0], "model.onnx"))
        Assert.Equal(typeof<float32>, session.InputMetadata["z"].ElementType)
        Assert.Equal(typeof<float32>, session.OutputMetadata["mean"].ElementType)
        FileInfo(Path.Combine(folders[0], "model.onnx")).Length

    let parts = [| "decoder" |]
    let whole = size (ExportOptions(Parts = parts))
    let half = size (ExportOptions(Parts = parts, Half = true))
    Assert.InRange(float half, 0.4 * float whole, 0.75 * float whole)

[<Fact>]
let ``What can't be exported is refused with the reason`` () =
    use model = Exported.ofText "glyphs" small

    let refusal name options =
        let folder = Exported.folder ()

        let error =
            Assert.Throws<ExportException>(fun () -> (exporter name options model).Export(folder, Nullable()) |> ignore)

        Assert.Empty(files folder)
        error.Message

    Assert.Contains(
        "has no part 'classifier'; it has encoder, posterior, prior, decoder, reconstruct, log_weight",
        refusal "m" (ExportOptions(Parts = [| "classifier" |]))
    )

    Assert.Contains("17 and 18", refusal "m" (ExportOptions(Opset = 9)))
    Assert.Contains("can't name a model", refusal ".m" (ExportOptions()))
    Assert.Contains("64 characters", refusal (String('m', 60)) (ExportOptions(Parts = [| "decoder" |])))

[<Fact>]
let ``An inverse that goes by iteration is refused by name, and left out where everything is exported`` () =
    use model =
        Exported.ofText
            "glyphs"
            "latent = 8\nencoder.hidden = [8]\ndecoder.hidden = [8]\nprior.kind = \"flow\"\nprior.flows = [{ kind = \"naf\", layers = 2, hidden = [16] }]"

    let error =
        Assert.Throws<ExportException>(fun () ->
            Exported.export "m" (ExportOptions(Parts = [| "prior" |])) model |> ignore)

    Assert.Contains("operations", error.Message)
    let folders, said = Exported.export "m" (ExportOptions(Parts = null)) model
    Assert.Equal(5, folders.Count)
    Assert.Contains(said, fun (line: string) -> line.StartsWith("prior: not exported", StringComparison.Ordinal))
