/// What a model's description says, against numbers derived by hand.
module Vae.Tests.DescribeTests

open System
open TorchSharp
open Vae.Core.Distributions
open Vae.Core.Graphs
open Vae.Core.Models
open Vae.Core.Networks
open Xunit

let on device pixels (hidden: int[]) latent =
    new VariationalAutoencoder(
        new Mlp(pixels, hidden, 2L * latent, Activation.Relu, device),
        new Mlp(latent, hidden, pixels, Activation.Relu, device),
        BernoulliLikelihood(),
        ScaleFunction.Softplus
    )

/// The mean-field model on MNIST: 784-256-256-2·128 and 128-256-256-784.
let meanField () = on torch.META 784L [| 256; 256 |] 128L

let describe (model: LatentVariableModel) pixels =
    let graph = DescribingGraph model

    let terms =
        model.Terms(graph, Described.Vector pixels, Described.Vector model.NoiseSize)

    graph, terms

let shape (d: Described) = Seq.toArray d.Shape

[<Fact>]
let ``The mean-field model has 632,848 parameters`` () =
    use model = meanField ()
    let graph, _ = describe model 784L

    let byHand =
        (784L * 256L + 256L)
        + (256L * 256L + 256L)
        + (256L * 256L + 256L) // encoder: 784-256-256-256
        + (128L * 256L + 256L)
        + (256L * 256L + 256L)
        + (256L * 784L + 784L) // decoder: 128-256-256-784

    Assert.Equal(632848L, byHand)
    Assert.Equal(byHand, graph.Operations |> Seq.sumBy _.Parameters)
    Assert.Equal(byHand, model.parameters () |> Seq.sumBy _.numel())

[<Fact>]
let ``Its layers have their names, widths, parameters and costs`` () =
    use model = meanField ()
    let graph, _ = describe model 784L

    let layer name inputs outputs =
        name, "Linear", $"[{outputs}]", inputs * outputs + outputs, 2 * inputs * outputs + outputs

    let expected =
        [
            layer "encoder.layers.0" 784 256
            layer "encoder.layers.1" 256 256
            layer "encoder.layers.2" 256 256
            layer "decoder.layers.0" 128 256
            layer "decoder.layers.1" 256 256
            layer "decoder.layers.2" 256 784
        ]

    let actual =
        [
            for o in graph.Operations do
                if o.Name <> "" then
                    o.Name, o.Operation, o.Output.ToString(), int o.Parameters, int o.Flops
        ]

    Assert.Equal<(string * string * string * int * int) list>(expected, actual)

/// A multiply-add counts as two, any other operation on a number as one; scale and shift at once are two.
[<Fact>]
let ``Its cost per image is the sum of what its formulas take`` () =
    use model = meanField ()
    let graph, _ = describe model 784L
    let z, d, hidden = 128L, 784L, 256L

    let weights =
        784L * 256L
        + 256L * 256L
        + 256L * 256L
        + 128L * 256L
        + 256L * 256L
        + 256L * 784L

    let biases = 5L * 256L + 784L
    let standardNormal = z + 2L * z + z // square; times −½, minus ½ log 2π; sum
    let relu = 4L * hidden
    let softplus = z
    let sample = 2L * z // scale · noise + mean
    let logQ = standardNormal + z + z + 1L // minus Σ log scale
    let logPrior = standardNormal
    let logLikelihood = 4L * d // x · ℓ, log(1 + e^ℓ), their difference, sum

    let byHand =
        2L * weights
        + biases
        + relu
        + softplus
        + sample
        + logQ
        + logPrior
        + logLikelihood

    Assert.Equal(1269457L, byHand)
    Assert.Equal(byHand, graph.Operations |> Seq.sumBy _.Flops)

[<Fact>]
let ``Shapes are those of one image: densities are scalars, an output is an image`` () =
    use model = meanField ()
    let graph, terms = describe model 784L
    Assert.Equal<int64[]>([||], shape terms.LogLikelihood)
    Assert.Equal<int64[]>([||], shape terms.LogPrior)
    Assert.Equal<int64[]>([||], shape terms.LogQ)
    Assert.Equal<int64[]>([||], shape (terms.LogWeights graph))
    Assert.Equal<int64[]>([||], shape (terms.Kl.Invoke()))
    let q = model.Posterior(graph, Described.Vector 784L)
    Assert.Equal<int64[]>([| 128L |], shape q.Mean)
    Assert.Equal<int64[]>([| 128L |], shape q.Scale)
    Assert.Equal<int64[]>([| 784L |], shape (model.Decode(graph, Described.Vector 128L)))

[<Fact>]
let ``A network without hidden layers is one affine map`` () =
    use model = on torch.META 10L [||] 3L
    let graph, _ = describe model 10L

    let names =
        [
            for o in graph.Operations do
                if o.Operation = "Linear" then
                    o.Name
        ]

    Assert.Equal<string list>([ "encoder.layers.0"; "decoder.layers.0" ], names)
    Assert.Equal(10L * 6L + 6L + 3L * 10L + 10L, graph.Operations |> Seq.sumBy _.Parameters)

[<Fact>]
let ``A width that does not fit is refused with the layer's name and both widths`` () =
    use model = meanField ()
    let refused = fun (f: unit -> unit) -> Assert.Throws<ArgumentException>(f).Message
    Assert.Equal("encoder.layers.0 takes 784 inputs and got 783.", refused (fun () -> describe model 783L |> ignore))

    let message =
        refused (fun () ->
            model.Terms(DescribingGraph model, Described.Vector 784L, Described.Vector 127L)
            |> ignore)

    Assert.Contains("[128]", message)
    Assert.Contains("[127]", message)
    Assert.Contains("broadcast", message)
    let graph = DescribingGraph model
    Assert.Contains("axis of 8", refused (fun () -> graph.Slice(Described.Vector 8L, 5L, 4L) |> ignore))

[<Fact>]
let ``Parts that do not fit together are refused when the model is built`` () =
    let build encoder decoder =
        fun () ->
            new VariationalAutoencoder(encoder, decoder, BernoulliLikelihood(), ScaleFunction.Exp)
            |> ignore

    let mlp inputs outputs =
        new Mlp(inputs, [| 4 |], outputs, Activation.Relu, torch.META)

    let encoder = Assert.Throws<ArgumentException>(build (mlp 10L 7L) (mlp 3L 10L))
    Assert.Equal("The encoder gives 7 numbers; 3 latent dimensions take 6.", encoder.Message)
    let decoder = Assert.Throws<ArgumentException>(build (mlp 10L 6L) (mlp 3L 9L))
    Assert.Equal("The decoder gives 9 numbers; the likelihood takes 1 for each of 10 dimensions.", decoder.Message)

/// Two hundred million wide layers are 10^17 numbers: they can only be described, never allocated.
[<Fact>]
let ``Describing allocates nothing, however large the model`` () =
    let wide = 100_000_000
    use model = on torch.META 784L [| wide; wide |] 128L
    Assert.All(model.parameters (), fun p -> Assert.Equal(DeviceType.META, p.device_type))
    let graph, _ = describe model 784L
    let n = int64 wide

    let byHand =
        (784L + 128L) * n + 2L * n * n + (256L + 784L) * n + 4L * n + 256L + 784L

    Assert.Equal(byHand, graph.Operations |> Seq.sumBy _.Parameters)
