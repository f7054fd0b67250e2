/// Batch normalisation and the operations that join and split axes, against their definitions and PyTorch's layer.
module Vae.Tests.FlowNormTests

open System
open TorchSharp
open TorchSharp.Modules
open Vae.Core.Graphs
open Vae.Core.Networks
open Xunit

let private graph: IGraph<torch.Tensor> = TensorGraph()

let private numbers (shape: int64[]) =
    let n = Array.fold (*) 1L shape

    torch
        .arange(Scalar.op_Implicit n, dtype = torch.ScalarType.Float64)
        .mul(Scalar.op_Implicit 1.7)
        .sin()
        .reshape(shape)

let private close (a: torch.Tensor) (b: torch.Tensor) =
    Assert.Equal<int64[]>(a.shape, b.shape)
    Assert.True((a - b).abs().max().item<float>() < 1e-12)

let private norm channels images =
    let norm = new BatchNormalisation(channels, images, 0.25, 1e-3)
    ModuleExtensionMethods.``to`` (norm, torch.ScalarType.Float64)

[<Fact>]
let ``While it trains every channel has mean b and variance w², over samples and batch alike`` () =
    for images, shape, over in
        [
            false, [| 3L; 4L; 5L |], [| 0L; 1L |]
            true, [| 6L; 5L; 2L; 3L |], [| 0L; 2L; 3L |]
        ] do
        use _ = torch.NewDisposeScope()
        use _ = torch.no_grad ()
        use norm = norm 5L images
        norm.Weight.fill_ (Scalar.op_Implicit 2.0) |> ignore
        norm.Bias.fill_ (Scalar.op_Implicit 0.5) |> ignore
        let x = numbers shape
        let y = norm.Forward(graph, x)
        close (y.mean over) (torch.full ([| 5L |], Scalar.op_Implicit 0.5, torch.ScalarType.Float64))
        let variance = x.var (over, false)
        close (y.var (over, false)) (variance / (variance + Scalar.op_Implicit 1e-3) * Scalar.op_Implicit 4.0)
        close norm.RunningMean ((x.mean over).mul(Scalar.op_Implicit 0.25))
        close norm.RunningVariance (x.var(over).mul(Scalar.op_Implicit 0.25).add(Scalar.op_Implicit 0.75))

[<Fact>]
let ``Otherwise it takes the running averages, and so it does for a single number per channel`` () =
    use _ = torch.NewDisposeScope()
    use norm = norm 3L false
    let x = numbers [| 1L; 3L |]
    let expected = x / Scalar.op_Implicit (sqrt 1.001)
    close (norm.Forward(graph, x)) expected
    Assert.Equal(0.0, norm.RunningMean.abs().sum().item<float>())
    norm.eval ()
    close (norm.Forward(graph, numbers [| 4L; 3L |])) (numbers [| 4L; 3L |] / Scalar.op_Implicit (sqrt 1.001))

[<Fact>]
let ``b begins where it is told to, whenever it is drawn`` () =
    use norm = new BatchNormalisation(4L)
    norm.BeginAt(2L, 2L, 3.0)

    for _ in 1..2 do
        Assert.Equal<float32[]>([| 0f; 0f; 3f; 3f |], norm.Bias.data<float32>().ToArray())
        use _ = torch.no_grad ()
        norm.Bias.fill_ (Scalar.op_Implicit 9.0) |> ignore
        Vae.Core.Initialisation.Draw(norm, 1u)

    Assert.Equal<float32[]>(Array.create 4 1f, norm.Weight.data<float32>().ToArray())

[<Fact>]
let ``A description counts w and b once, and wrong widths are refused by both`` () =
    use norm = new BatchNormalisation(4L, true, device = torch.META)
    let description = DescribingGraph norm
    Assert.Equal<int64 seq>([ 4L; 2L; 3L ], norm.Forward(description, Described([| 4L; 2L; 3L |])).Shape)
    let row = Assert.Single description.Operations
    Assert.Equal((8L, 48L), (row.Parameters, row.Flops))

    let describe () =
        norm.Forward(description, Described([| 3L; 2L; 3L |])) |> ignore

    Assert.Throws<ArgumentException>(describe) |> ignore
    use norm = new BatchNormalisation(4L)

    Assert.Throws<ArgumentException>(fun () -> norm.Forward(graph, torch.zeros [| 2L; 3L |]) |> ignore)
    |> ignore

[<Fact>]
let ``Parts are joined along the last axis, and what lacks samples is repeated for each`` () =
    use _ = torch.NewDisposeScope()
    let a, b = numbers [| 2L; 3L; 4L |], numbers [| 3L; 2L |]
    let joined = graph.Concat(a, b)
    close (joined.narrow (-1L, 0L, 4L)) a
    close (joined.narrow (-1L, 4L, 2L)) (b.unsqueeze(0L).expand(2L, 3L, 2L))
    close (graph.Flatten(graph.Unflatten(a, 2L, 2L))) a
    let describe: IGraph<Described> = DescribingGraph(torch.nn.Sequential())
    Assert.Equal<int64 seq>([ 3L; 6L ], describe.Concat(Described([| 3L; 4L |]), Described([| 2L |])).Shape)
    Assert.Equal<int64 seq>([ 2L; 2L ], describe.Unflatten(Described.Vector 4L, 2L, 2L).Shape)
    Assert.Equal<int64 seq>([ 12L ], describe.Flatten(Described([| 3L; 2L; 2L |]), 3).Shape)
