/// The recurrent model: its joint is a density, its posterior proposes for it, and the end of a sequence doesn't matter to it.
module Vae.Tests.RecurrentTests

open System.Linq
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

let private values (t: Tensor) =
    t.detach().``double``().contiguous().reshape(-1L).data<float>().ToArray()

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

let private mlp (inputs: int64) (outputs: int64) =
    new Mlp(inputs, [| 4 |], outputs, Activation.Tanh)

let private model (steps: int64) (size: int64) (factors: int64) (likelihood: Likelihood) =
    let h = 3L

    let m =
        new VariationalRnn(
            steps,
            [| new LstmCell(size + factors, h); new LstmCell(h, h) |],
            mlp h (2L * factors),
            mlp (h + size) (2L * factors),
            mlp (h + factors) (size * int64 likelihood.ParametersPerDimension),
            likelihood,
            ScaleFunction.Softplus
        )

    Initialisation.Draw(m, 3u)
    ModuleExtensionMethods.``to`` (m, torch.ScalarType.Float64) |> ignore
    m

[<Fact>]
let ``a cell is PyTorch's`` () =
    use ours = new LstmCell(3L, 4L)
    Initialisation.Draw(ours, 1u)
    use theirs = torch.nn.LSTMCell(3L, 4L)
    use _ = torch.no_grad ()

    let find (m: torch.nn.Module) name =
        m.named_parameters ()
        |> Seq.find (fun struct (n, _) -> n = name)
        |> (fun struct (_, p) -> p :> Tensor)

    let weight = find ours "weight"
    (find theirs "weight_ih").copy_(weight.narrow (1L, 0L, 3L)) |> ignore
    (find theirs "weight_hh").copy_(weight.narrow (1L, 3L, 4L)) |> ignore
    (find theirs "bias_ih").copy_(find ours "bias") |> ignore
    (find theirs "bias_hh").zero_() |> ignore
    let x = (normal 1u 1L 5L 3L).squeeze(0L).``float``()
    let h = (normal 2u 1L 5L 4L).squeeze(0L).``float``()
    let c = (normal 3u 1L 5L 4L).squeeze(0L).``float``()
    let struct (h1, c1) = ours.Forward(graph, x, struct (h, c))
    let struct (h2, c2) = theirs.forward (x, struct (h, c))
    Assert.True(near (h1) (h2) 1e-5)
    Assert.True(near (c1) (c2) 1e-5)

[<Fact>]
let ``the joint integrates to one over x and z`` () =
    use m = model 2L 1L 1L (UnitGaussianLikelihood())
    let n = 23
    let step = 14.0 / float (n - 1)
    let axis = torch.tensor (Array.init n (fun i -> -7.0 + step * float i))

    let along (i: int) =
        axis
            .view([| for j in 0..3 -> if i = j then int64 n else 1L |])
            .expand([| for _ in 0..3 -> int64 n |])
            .reshape(-1L, 1L)

    let x = torch.cat ([| along 0; along 1 |], 1L)
    let z = torch.cat ([| along 2; along 3 |], 1L)
    use _ = torch.no_grad ()
    let struct (likelihood, prior) = m.LogJoint(graph, x, z)
    let total = (likelihood + prior).logsumexp(0L).item<float>() + 4.0 * log step
    Assert.Equal(0.0, total, 1e-6)

[<Fact>]
let ``the posterior's weights average to the integral of the joint`` () =
    use m = model 2L 2L 1L (BernoulliLikelihood())
    let x = torch.tensor ([| 1.0; 0.0; 1.0; 1.0 |], [| 1L; 4L |])
    let n = 301
    let step = 20.0 / float (n - 1)
    let axis = torch.tensor (Array.init n (fun i -> -10.0 + step * float i))

    let z =
        torch.cat (
            [|
                axis.view(-1L, 1L).expand(int64 n, int64 n).reshape(-1L, 1L)
                axis.view(1L, -1L).expand(int64 n, int64 n).reshape(-1L, 1L)
            |],
            1L
        )

    use _ = torch.no_grad ()
    let struct (likelihood, prior) = m.LogJoint(graph, x, z.unsqueeze (1L))
    let truth = (likelihood + prior).logsumexp(0L).item<float>() + 2.0 * log step
    let k = 20000
    let terms = m.Terms(graph, x, normal 4u (int64 k) 1L m.NoiseSize)
    let logW = values (terms.LogWeights graph)
    let logP = (torch.tensor logW).logsumexp(0L).item<float>() - log (float k)
    let w = logW |> Array.map (fun l -> exp (l - logP))
    let error = sqrt (Array.sumBy (fun w -> (w - 1.0) ** 2.0) w) / float k
    Assert.InRange(logP - truth, -4.5 * error, 4.5 * error)
    // The same weights by the two functions that other estimators begin with.
    let q = m.SamplePosterior(graph, x, normal 4u (int64 k) 1L m.NoiseSize)
    let struct (likelihood, prior) = m.LogJoint(graph, x, q.Z)
    Assert.True(near (likelihood + prior - q.LogQ) (terms.LogWeights graph) 1e-9)
    // The KL of each step by formula, given the steps before, has the sampled one's mean.
    let closed = values (terms.Kl.Invoke())
    let sampled = values (terms.LogQ - terms.LogPrior)
    let difference = Array.map2 (-) sampled closed
    let mean = Array.average difference
    let error = sqrt (Array.averageBy (fun d -> (d - mean) ** 2.0) difference / float k)
    Assert.InRange(mean, -4.5 * error, 4.5 * error)

[<Fact>]
let ``a sequence in a ragged batch weighs what it weighs alone`` () =
    use m = model 5L 2L 2L (UnitGaussianLikelihood())
    let x = (normal 8u 1L 3L 10L).squeeze(0L)
    let noise = normal 9u 4L 3L m.NoiseSize
    let lengths = [| 5L; 3L; 1L |]

    let present =
        torch.tensor (
            [|
                for l in lengths do
                    for t in 0L .. 4L -> if t < l then 1.0 else 0.0
            |],
            [| 3L; 5L |]
        )

    let padded = x * present.repeat_interleave (2L, 1L)
    let together = m.Terms(graph, Observed<Tensor>(padded, Present = present), noise)
    let kl = m.ByStep(graph, together.KlByDimension.Invoke())

    for i in 0..2 do
        use alone = model lengths[i] 2L 2L (UnitGaussianLikelihood())
        alone.load_state_dict (m.state_dict ()) |> ignore
        let length = lengths[i]
        let one = x.narrow(0L, int64 i, 1L).narrow(1L, 0L, 2L * length)

        let terms =
            alone.Terms(graph, one, noise.narrow(1L, int64 i, 1L).narrow(2L, 0L, 2L * length))

        let weights = (together.LogWeights graph).narrow(1L, int64 i, 1L)
        Assert.True(near (terms.LogWeights graph) (weights) 1e-9)
        let ofSteps = kl.narrow (1L, int64 i, 1L)
        Assert.True(near (terms.Kl.Invoke()) (ofSteps.sum -1L) 1e-9)
        // What lies behind the end has no KL.
        Assert.Equal(0.0, ofSteps.narrow(2L, length, 5L - length).abs().sum().item<float>())

[<Fact>]
let ``a completed sequence begins with what was seen, and a drawn one decodes to itself`` () =
    use m = model 4L 2L 1L (BernoulliLikelihood())
    use _ = torch.no_grad ()
    let x = torch.tensor ([| 1.0; 0.0; 0.0; 1.0; 1.0; 1.0; 0.0; 0.0 |], [| 1L; 8L |])
    let noise = normal 3u 6L 1L m.NoiseSize
    let completed = m.Complete(graph, x, 2L, noise)
    Assert.Equal<int64[]>([| 6L; 1L; 8L |], completed.shape)
    Assert.True(near (completed.narrow (2L, 0L, 4L)) (x.narrow(1L, 0L, 4L).expand(6L, 1L, 4L)) 1e-9)
    let rest = completed.narrow (2L, 4L, 4L)
    Assert.True((rest.std([| 0L |]).min().item<float>()) > 0.0)
    // With nothing seen it's a drawing: Decode of the same noise's z.
    let z = m.SamplePrior(graph, noise)
    Assert.True(near (m.Decode(graph, z)) (m.Complete(graph, x, 0L, noise)) 1e-9)

[<Fact>]
let ``a reconstruction hears the sequence itself`` () =
    use m = model 3L 2L 1L (UnitGaussianLikelihood())
    use _ = torch.no_grad ()
    let x = (normal 1u 1L 2L 6L).squeeze(0L)
    let noise = normal 3u 4L 2L m.NoiseSize
    let mean = m.Reconstruct(graph, x, noise)
    // log p(x | z) of unit normals around it.
    let expected =
        (x - mean)
            .square()
            .sum(-1L)
            .mul(Scalar.op_Implicit -0.5)
            .sub(Scalar.op_Implicit (3.0 * log (2.0 * System.Math.PI)))

    Assert.True(near ((m.Terms(graph, x, noise)).LogLikelihood) expected 1e-9)

[<Fact>]
let ``the parameters of q are the encoder's`` () =
    use m = model 2L 1L 1L (UnitGaussianLikelihood())

    Assert.Equal<string list>(
        [ "encoder" ],
        m.named_parameters ()
        |> Seq.map (fun struct (name, _) -> name)
        |> Seq.filter m.OfPosterior
        |> Seq.map (fun name -> name.Split('.')[0])
        |> Seq.distinct
        |> List.ofSeq
    )
