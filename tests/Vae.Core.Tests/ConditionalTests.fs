/// Labels in networks and priors, and dropout.
module Vae.Tests.ConditionalTests

open System
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

let private graph: IGraph<Tensor> = TensorGraph()

let private near (a: Tensor) (b: Tensor) (tolerance: float) =
    let a, b = a.``double`` (), b.``double`` ()

    (a - b).abs().max().item<float>()
    <= tolerance * (1.0 + b.abs().max().item<float>())

let private normal stream (k: int64) (b: int64) (n: int64) =
    PhiloxTensor
        .Normal(
            PhiloxKey(5u, stream),
            0L,
            torch.arange (Scalar.op_Implicit b, dtype = torch.ScalarType.Int64),
            0L,
            k,
            n
        )
        .``double``()

let private double (m: #torch.nn.Module) =
    Initialisation.Draw(m, 3u)
    ModuleExtensionMethods.``to`` (m, torch.ScalarType.Float64) |> ignore
    m

let private parameter (m: torch.nn.Module) name =
    m.named_parameters ()
    |> Seq.find (fun struct (n, _) -> n = name)
    |> (fun struct (_, p) -> p :> Tensor)

let private mlp (inputs: int) (outputs: int) =
    new Mlp(int64 inputs, [| 5 |], int64 outputs, Activation.Tanh)

[<Fact>]
let ``a conditional model with one label for all is a model with a learned prior`` () =
    use conditional =
        double (
            new VariationalAutoencoder(
                mlp (3 + 2) 4,
                mlp (2 + 2) 3,
                BernoulliLikelihood(),
                ScaleFunction.Softplus,
                prior = new ClassPrior(mlp 2 4, ScaleFunction.Softplus),
                classes = 2L
            )
        )

    use plain =
        double (
            new VariationalAutoencoder(
                mlp 3 4,
                mlp 2 3,
                BernoulliLikelihood(),
                ScaleFunction.Softplus,
                prior = new MixturePrior(2L, 1)
            )
        )

    use _ = torch.no_grad ()
    // The label [0, 1] adds its column of the first weight to the first bias.
    for network, inputs in [ "encoder", 3L; "decoder", 2L ] do
        for name in [ "layers.0.weight"; "layers.0.bias"; "layers.1.weight"; "layers.1.bias" ] do
            let given = parameter conditional $"{network}.{name}"
            let taken = parameter plain $"{network}.{name}"

            match name with
            | "layers.0.weight" -> taken.copy_ (given.narrow (1L, 0L, inputs)) |> ignore
            | "layers.0.bias" ->
                let column =
                    (parameter conditional $"{network}.layers.0.weight").narrow(1L, inputs + 1L, 1L).squeeze(1L)

                taken.copy_ (given + column) |> ignore
            | _ -> taken.copy_ given |> ignore

    let label = torch.tensor([| 0.0; 1.0 |], [| 1L; 2L |]).expand(6L, 2L)

    let mean =
        conditional.SamplePrior(graph, torch.zeros ([| 1L; 2L |], torch.ScalarType.Float64), label.narrow (0L, 0L, 1L))

    let oneAway =
        conditional.SamplePrior(graph, torch.ones ([| 1L; 2L |], torch.ScalarType.Float64), label.narrow (0L, 0L, 1L))

    (parameter plain "prior.means").copy_ mean |> ignore
    (parameter plain "prior.logScales").copy_((oneAway - mean).log()) |> ignore
    let x = (normal 1u 1L 6L 3L).squeeze(0L).gt(Scalar.op_Implicit 0.0).``double``()
    let noise = normal 2u 7L 6L 2L
    let a = conditional.Terms(graph, Observed<Tensor>(x, Label = label), noise)
    let b = plain.Terms(graph, x, noise)
    Assert.True(near (a.LogLikelihood) (b.LogLikelihood) 1e-9)
    Assert.True(near (a.LogPrior) (b.LogPrior) 1e-9)
    Assert.True(near (a.LogQ) (b.LogQ) 1e-9)
    Assert.True(near (a.LogWeights graph) (b.LogWeights graph) 1e-9)
    // and another label another one
    let other =
        conditional.Terms(graph, Observed<Tensor>(x, Label = label.flip [| 1L |]), noise)

    Assert.False(near (a.LogWeights graph) (other.LogWeights graph) 1e-3)

[<Fact>]
let ``the KL between two normals is the mean of their log-ratio`` () =
    use prior = double (new ClassPrior(mlp 3 4, ScaleFunction.Softplus))
    let label = torch.ones([| 3L |], torch.ScalarType.Float64).diag()

    let mean, scale =
        (normal 1u 1L 3L 2L).squeeze(0L), (normal 2u 1L 3L 2L).squeeze(0L).exp()

    let q = Normal<Tensor>(mean, scale)
    let closed = prior.NormalKl(graph, q, label).Invoke()
    let struct (z, logQ) = q.Sample(graph, normal 3u 40000L 3L 2L)
    let ratio = logQ - prior.LogDensity(graph, z, label)
    let error = ratio.std [| 0L |] / torch.tensor (sqrt 40000.0)
    Assert.True(((ratio.mean [| 0L |] - closed).abs() / error).max().item<float>() < 4.5)
    let parts = prior.NormalKlByDimension(graph, q, label).Invoke()
    Assert.True(near (parts.sum -1L) (closed) 1e-9)

[<Fact>]
let ``a label beside x is x and the label in one vector, for every network`` () =
    let options = LayerOptions()
    let image = ImageShape(1L + 3L, 4L, 4L)

    let resnet = ResnetOptions(2, 2, 1, 5, 0.1, Activation.Elu)

    let networks: Network list =
        [
            mlp (16 + 3) 2
            new Nonconv(19L, [| 5; 4 |], 2L, Activation.Relu, options, false)
            new LabelPlanes(new ResnetEncoder(image, 2L, resnet, options), 3L, 16L)
        ]

    let x = (normal 1u 1L 5L 16L).squeeze(0L)
    let label = torch.ones([| 3L |], torch.ScalarType.Float64).diag()

    for network in networks do
        use network = double network
        Assert.Equal(19L, network.Inputs)
        // All three labels for each example at once: [5, 1, 16], [3, 3] → [5, 3, 2].
        let all = network.Forward(graph, x.unsqueeze 1L, label)
        Assert.Equal<int64[]>([| 5L; 3L; 2L |], all.shape)

        for y in 0L .. 2L do
            let joined = torch.cat ([| x; label.narrow(0L, y, 1L).expand(5L, 3L) |], 1L)

            Assert.True(near (network.Forward(graph, joined)) (all.select (1L, y)) 1e-9, network.GetName())

        Assert.False(near (all.select (1L, 0L)) (all.select (1L, 1L)) 1e-6, network.GetName())

[<Fact>]
let ``dropout keeps the mean, is a function of key and step, and does nothing outside of training`` () =
    let x = torch.ones ([| 200L; 300L |])

    let dropping (step: int64) =
        TensorGraph(Dropped = Nullable<struct (PhiloxKey * int64)>(struct (PhiloxKey(1u, 2u), step))) :> IGraph<Tensor>

    let rate = 0.3
    let g = dropping 7L
    let first = g.Dropout(x, rate)
    let second = g.Dropout(x, rate)
    let n = 60000.0
    // Each number is 0 or 1 / (1 - rate): mean 1, variance rate / (1 - rate).
    Assert.InRange(
        first.mean().item<float32>() |> float,
        1.0 - 4.5 * sqrt (rate / (1.0 - rate) / n),
        1.0 + 4.5 * sqrt (rate / (1.0 - rate) / n)
    )

    Assert.Equal(
        0.0,
        (first * (first - torch.tensor (float32 (1.0 / (1.0 - rate))))).abs().max().item<float32>()
        |> float,
        1e-6
    )

    Assert.False(near first second 0.0) // each layer has its own mask
    let again = dropping 7L
    Assert.True(near (again.Dropout(x, rate)) first 0.0)
    Assert.True(near (again.Dropout(x, rate)) second 0.0)
    Assert.False(near ((dropping 8L).Dropout(x, rate)) first 0.0)
    Assert.True(near (graph.Dropout(x, rate)) x 0.0)
