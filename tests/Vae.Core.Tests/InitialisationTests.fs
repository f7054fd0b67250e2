/// The first parameters are a pure function of seed and name, and their names are what checkpoints rely on.
module Vae.Tests.InitialisationTests

open System
open TorchSharp
open Vae.Core
open Vae.Core.Distributions
open Vae.Core.Models
open Vae.Core.Networks
open Xunit

type Tensor = torch.Tensor

let mlp inputs hidden outputs =
    new Mlp(inputs, hidden, outputs, Activation.Relu)

let vae encoder decoder =
    new VariationalAutoencoder(encoder, decoder, BernoulliLikelihood(), ScaleFunction.Softplus)

let small seed =
    let model = vae (mlp 20L [| 16; 16 |] 8L) (mlp 4L [| 16; 16 |] 20L)
    Initialisation.Draw(model, seed)
    model

let numbers (model: torch.nn.Module) =
    dict
        [
            for struct (name, p) in model.named_parameters () -> name, p.data<float32>().ToArray()
        ]

let names =
    [
        for part in [ "encoder"; "decoder" ] do
            for layer in 0..2 do
                $"{part}.layers.{layer}.weight"
                $"{part}.layers.{layer}.bias"
    ]

[<Fact>]
let ``Parameters have the names that checkpoints rely on`` () =
    use model = small 0u
    Assert.Equal<string list>(names, [ for struct (name, _) in model.named_parameters () -> name ])
    Assert.Equal<string list>(List.sort names, List.sort (List.ofSeq (model.state_dict().Keys)))

[<Fact>]
let ``Equal seeds give equal bits, other seeds other numbers in every parameter`` () =
    use first = small 7u
    use second = small 7u
    use third = small 8u
    let a, b, c = numbers first, numbers second, numbers third

    for name in names do
        Assert.Equal<float32[]>(a[name], b[name])
        Assert.NotEqual<float32[]>(a[name], c[name])

[<Fact>]
let ``Drawing again changes nothing, whatever was there`` () =
    use model = small 7u
    let before = numbers model

    do
        use _ = torch.no_grad ()

        for p in model.parameters () do
            p.fill_ (Scalar.op_Implicit 3.0) |> ignore

    Initialisation.Draw(model, 7u)

    for name in names do
        Assert.Equal<float32[]>(before[name], (numbers model)[name])

[<Fact>]
let ``Neither the order of construction nor the other layers change a parameter`` () =
    use expected = small 7u
    let expected = numbers expected
    // The decoder first, something drawn in between.
    let decoder = mlp 4L [| 16; 16 |] 20L
    use other = mlp 100L [| 50 |] 3L
    Initialisation.Draw(other, 1u)
    use model = vae (mlp 20L [| 16; 16 |] 8L) decoder
    Initialisation.Draw(model, 7u)

    for name in names do
        Assert.Equal<float32[]>(expected[name], (numbers model)[name])

    use deeper = vae (mlp 20L [| 16; 16; 30 |] 8L) (mlp 4L [| 99 |] 20L)
    Initialisation.Draw(deeper, 7u)

    for name in
        [
            "encoder.layers.0.weight"
            "encoder.layers.0.bias"
            "encoder.layers.1.weight"
        ] do
        Assert.Equal<float32[]>(expected[name], (numbers deeper)[name])

[<Fact>]
let ``Parameters of the same shape have numbers of their own`` () =
    use model = small 7u
    let all = numbers model

    let alike =
        [
            "encoder.layers.1.weight"
            "decoder.layers.1.weight"
            "decoder.layers.0.bias"
            "encoder.layers.0.bias"
            "encoder.layers.1.bias"
        ]

    for a in alike do
        for b in alike do
            if a <> b && all[a].Length = all[b].Length then
                Assert.NotEqual<float32[]>(all[a], all[b])

/// 200,704 numbers: mean and variance within 5 standard errors of U(−b, b)'s, and both ends nearly reached.
[<Fact>]
let ``Numbers are even between −1/√I and 1/√I, with I the layer's inputs`` () =
    use model = mlp 784L [| 256 |] 100L
    Initialisation.Draw(model, 0u)
    let all = numbers model

    for name, inputs in
        [
            "layers.0.weight", 784.0
            "layers.0.bias", 784.0
            "layers.1.weight", 256.0
            "layers.1.bias", 256.0
        ] do
        let u = all[name] |> Array.map (fun w -> float w * sqrt inputs)
        let n = float u.Length
        Assert.All(u, fun u -> Assert.InRange(u, -1.0 - 1e-6, 1.0 + 1e-6))
        Assert.InRange(Array.average u, -5.0 / sqrt (3.0 * n), 5.0 / sqrt (3.0 * n))
        let spread = 5.0 * sqrt (4.0 / 45.0 / n)
        Assert.InRange(u |> Array.averageBy (fun u -> u * u), 1.0 / 3.0 - spread, 1.0 / 3.0 + spread)
        Assert.InRange(Array.max u, 1.0 - 20.0 / n, 1.0 + 1e-6)
        Assert.InRange(Array.min u, -1.0 - 1e-6, -1.0 + 20.0 / n)
        Assert.True(float (Array.distinct u).Length > 0.95 * n, "numbers repeat")

[<Fact>]
let ``A mean and a scale that lie in one matrix begin as layers of their own, with the fan of one`` () =
    let deviation (head: Nullable<int64>) =
        let options = LayerOptions(Start = WeightStart.XavierNormal)
        use net = new Mlp(300L, [| 200 |], 2L * 100L, Activation.Relu, null, options, head)
        Initialisation.Draw(net, 1u)

        let last =
            net.named_parameters ()
            |> Seq.pick (fun struct (n, p) -> if n = "layers.1.weight" then Some p else None)

        last.std().item<float32>() |> float

    // 40,000 numbers: the deviation of a sample's deviation is 0.35 %; five of those.
    Assert.Equal(1.0, deviation (Nullable 100L) / sqrt (2.0 / 300.0), 0.018)
    Assert.Equal(1.0, deviation (Nullable()) / sqrt (2.0 / 400.0), 0.018)
