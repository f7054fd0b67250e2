/// Weight norm's data-dependent beginning (arXiv:1602.07868, section 3): what comes out of each layer has mean 0 and variance 1 over the first batch.
module Vae.Tests.WeightNormTests

open TorchSharp
open Vae.Core
open Vae.Core.Distributions
open Vae.Core.Graphs
open Vae.Core.Models
open Vae.Core.Networks
open Vae.Primitives
open Vae.Torch
open Xunit

type Tensor = torch.Tensor

let weight = LayerOptions Normalisation.Weight

let beginning () : IGraph<Tensor> = TensorGraph(BeginsWeightNorm = true)

let normal name rows (width: int64) =
    PhiloxTensor
        .Normal(
            PhiloxKey(8u, Philox.StreamOf name),
            0L,
            torch.arange (int rows, dtype = torch.ScalarType.Int64),
            0L,
            1L,
            width
        )
        .squeeze(0L)

let layers: (string * Layer * int64[] * int64[]) list =
    [
        "dense", new Dense(12L, 5L, weight), [| 40L; 12L |], [| 0L |]
        "convolution", new Convolution(3L, 5L, struct (3L, 2L), 2L, 1L, weight), [| 10L; 3L; 6L; 4L |], [| 0L; 2L; 3L |]
        "transposed",
        new TransposedConvolution(3L, 5L, struct (3L, 2L), 2L, 1L, 1L, weight),
        [| 10L; 3L; 6L; 4L |],
        [| 0L; 2L; 3L |]
    ]

[<Fact>]
let ``A layer's output begins with mean 0 and variance 1, whatever its input's`` () =
    for name, layer, shape, others in layers do
        use _ = torch.NewDisposeScope()
        use layer = layer
        Initialisation.Draw(layer, 1u)
        ModuleExtensionMethods.``to`` (layer, torch.ScalarType.Float64) |> ignore
        let rows = int shape[0]

        let x =
            (normal "x" rows (Array.reduce (*) shape / shape[0]) * 7.0 + 3.0).``double``().reshape shape

        let first = layer.Forward(beginning (), x)
        let again = layer.Forward(TensorGraph(), x)
        Assert.True(first.allclose again, name)

        let near expected (t: Tensor) =
            for v in t.data<float>().ToArray() do
                Assert.Equal(expected, v, 6)

        near 0.0 (again.mean others)
        near 1.0 (again.var (others, unbiased = false))

let model encoder decoder =
    let model =
        new VariationalAutoencoder(
            new SnfEncoder(ImageShape(1L, 8L, 8L), 8L, 2L, true, LayerOptions encoder),
            new ResnetDecoder(
                4L,
                ImageShape(1L, 8L, 8L),
                ResnetOptions(Channels = 3, Stages = 2, Blocks = 1),
                LayerOptions decoder
            ),
            BernoulliLikelihood(),
            ScaleFunction.Softplus
        )

    Initialisation.Draw(model, 1u)
    model

let state (model: torch.nn.Module) =
    Map
        [
            for entry in model.state_dict () -> entry.Key, entry.Value.data<float32>().ToArray()
        ]

let start model =
    use _ = torch.NewDisposeScope()

    DataInitialisation.Run(
        model,
        (normal "x" 20 64L).gt(Scalar.op_Implicit 0.0).float(),
        (normal "noise" 20 4L).unsqueeze 0L
    )

[<Fact>]
let ``The first batch sets gains and biases and nothing else, and twice is as good as once`` () =
    use model = model Normalisation.Weight Normalisation.Batch
    let before = state model
    start model
    let after = state model

    let moved =
        [
            for entry in after do
                if entry.Value <> before[entry.Key] then
                    entry.Key
        ]

    let expected =
        [
            for layer in 0..5 do
                for half in [ "gate"; "value" ] do
                    for part in [ "bias"; "gain" ] -> $"encoder.layers.{layer}.{half}.{part}"
        ]

    Assert.Equal<string list>(expected, moved)
    start model
    Assert.Equal<Map<string, float32[]>>(after, state model)

[<Fact>]
let ``Without weight norm nothing begins from data`` () =
    use model = model Normalisation.Layer Normalisation.Batch
    let before = state model
    start model
    Assert.Equal<Map<string, float32[]>>(before, state model)
