/// A recurrent model leaves as single steps: what they make of a sequence is what the model makes of it as a whole.
module Vae.Tests.RecurrentTests

open System.IO
open Microsoft.ML.OnnxRuntime
open TorchSharp
open Vae.Core.Graphs
open Vae.Core.Models
open Vae.Export
open Xunit

type Tensor = torch.Tensor

let private steps, width, latent, units, batch = 28L, 28L, 2L, 5L, 3L

/// All zeros, as before the first step.
let private start () =
    [
        "x_in", width
        "z_in", latent
        for i in 0..1 do
            $"h{i}_in", units
            $"c{i}_in", units
    ]
    |> List.map (fun (name, size) -> name, torch.zeros [| batch; size |])

let private next (outputs: System.Collections.Generic.IDictionary<string, Tensor>) =
    start ()
    |> List.map (fun (name, _) -> name, outputs[name.Replace("_in", "_out")])

let private near (expected: Tensor) (found: Tensor) =
    Assert.Equal<int64[]>(expected.shape, found.shape)
    let size = max 1f (expected.abs().max().item<float32>())
    Assert.InRange((expected - found).abs().max().item<float32>() / size, 0f, 1e-5f)

let private with_ parts (test: VariationalRnn -> Map<string, InferenceSession> -> unit) =
    use _ = torch.NewDisposeScope()
    use _ = torch.no_grad ()

    use model =
        Exported.ofText "glyphs" "kind = \"vrnn\"\nhidden = 5\nlatent = 2\nlayers = 2" :?> VariationalRnn

    let folders, _ = Exported.export "rnn" (ExportOptions(Parts = parts)) model

    let sessions =
        Map
            [
                for folder in folders ->
                    Path.GetFileName(Path.GetDirectoryName folder),
                    new InferenceSession(Path.Combine(folder, "model.onnx"))
            ]

    test model sessions

    for session in sessions.Values do
        session.Dispose()

[<Fact>]
let ``The log-weights of the steps add up to the sequence's`` () =
    with_ [| "log_weight" |] (fun model sessions ->
        let x =
            (Exported.normal 1u batch (steps * width)).gt(Scalar.op_Implicit 0.0).``to`` torch.ScalarType.Float32

        let eps = Exported.normal 2u batch (steps * latent)
        let mutable state = start ()
        let mutable sum = torch.zeros [| batch |]

        for t in 0L .. steps - 1L do
            let inputs =
                [
                    "x", x.narrow (1L, t * width, width)
                    "eps", eps.narrow (1L, t * latent, latent)
                ]
                @ state

            let outputs = Exported.run sessions["rnn-log_weight"] inputs
            sum <- sum + outputs["log_w"]
            state <- next outputs

        near (model.LogWeights(TensorGraph(), Observed<Tensor>(x), eps)) sum)

[<Fact>]
let ``A sequence goes on by itself by prior and decoder in turn`` () =
    with_ [| "prior"; "decoder" |] (fun model sessions ->
        let eps = Exported.normal 3u batch (steps * latent)
        let mutable state = start ()
        let zs, means = ResizeArray<Tensor>(), ResizeArray<Tensor>()

        for t in 0L .. steps - 1L do
            let drawn =
                Exported.run sessions["rnn-prior"] ([ "eps", eps.narrow (1L, t * latent, latent) ] @ state)

            let outputs = Exported.run sessions["rnn-decoder"] ([ "z", drawn["z"] ] @ state)
            zs.Add(drawn["z"])
            means.Add(outputs["mean"])
            state <- next outputs

        let graph = TensorGraph()
        let z = model.SamplePrior(graph, eps)
        near z (torch.cat (zs.ToArray(), 1L))
        near (model.Decode(graph, z)) (torch.cat (means.ToArray(), 1L)))
