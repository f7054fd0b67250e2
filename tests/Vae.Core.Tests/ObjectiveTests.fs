/// Objectives against their definitions and against each other.
module Vae.Tests.ObjectiveTests

open System
open TorchSharp
open Vae.Core
open Vae.Core.Distributions
open Vae.Core.Graphs
open Vae.Core.Models
open Vae.Core.Networks
open Vae.Core.Objectives
open Vae.Primitives
open Vae.Torch
open Xunit

type Tensor = torch.Tensor

let graph: IGraph<Tensor> = TensorGraph()

let values (t: Tensor) =
    t.detach().``double``().reshape([| -1L |]).data<float>().ToArray()

let near tolerance (expected: float[]) (actual: float[]) =
    Assert.Equal(expected.Length, actual.Length)

    for e, a in Array.zip expected actual do
        Assert.InRange(a, e - tolerance * (1.0 + abs e), e + tolerance * (1.0 + abs e))

let batch = 4

/// Ten pixels, three latent dimensions, and a posterior far from the prior.
let model =
    let model =
        new VariationalAutoencoder(
            new Mlp(10L, [| 8 |], 6L, Activation.Tanh),
            new Mlp(3L, [| 8 |], 10L, Activation.Tanh),
            BernoulliLikelihood(),
            ScaleFunction.Softplus
        )

    Initialisation.Draw(model, 1u)

    do
        use _ = torch.no_grad ()

        for p in model.parameters () do
            p.mul_ (Scalar.op_Implicit 4.0) |> ignore

    ModuleExtensionMethods.``to`` (model, torch.ScalarType.Float64)

let x () =
    torch.tensor([| for i in 0 .. batch * 10 - 1 -> if i * i % 7 < 3 then 1.0 else 0.0 |]).reshape(int64 batch, 10L)

let terms (samples: int) =
    let examples = torch.arange (batch, dtype = torch.ScalarType.Int64)

    let noise =
        PhiloxTensor.Normal(PhiloxKey(2u, 3u), 0L, examples, 0L, int64 samples, 3L).``double``()

    model.Terms(graph, x (), noise)

let bound (objective: Objective) terms = values (objective.Bound terms)

[<Fact>]
let ``The ELBO with the KL in closed form and by Monte Carlo agree within 5 standard errors of their difference`` () =
    use _ = torch.NewDisposeScope()
    use _ = torch.no_grad ()
    let k = 20000
    let terms = terms k
    let closed = bound (Elbo(k, true, Reduction.Mean)) terms
    let sampled = bound (Elbo(k, false, Reduction.Mean)) terms

    let kl =
        values (terms.LogQ - terms.LogPrior)
        |> Array.chunkBySize batch
        |> Array.transpose

    for b in 0 .. batch - 1 do
        let mean = Array.average kl[b]
        Assert.True(mean > 1.0, "the posterior should differ from the prior")
        let variance = kl[b] |> Array.averageBy (fun v -> (v - mean) ** 2.0)
        let error = 5.0 * sqrt (variance / float k)
        Assert.InRange(sampled[b], closed[b] - error, closed[b] + error)
        Assert.NotEqual(sampled[b], closed[b])

[<Fact>]
let ``The bounds are their definitions, term by term`` () =
    use _ = torch.NewDisposeScope()
    let k = 5
    let terms = terms k

    let part (t: Tensor) =
        values t |> Array.chunkBySize batch |> Array.transpose

    let likelihood, prior, q =
        part terms.LogLikelihood, part terms.LogPrior, part terms.LogQ

    let logW =
        Array.init batch (fun b -> Array.init k (fun i -> likelihood[b][i] + prior[b][i] - q[b][i]))

    near 1e-12 (logW |> Array.map Array.average) (bound (Elbo(k, false, Reduction.Mean)) terms)
    near 1e-12 (logW |> Array.map (Array.averageBy exp >> log)) (bound (Iwae(k, Reduction.Mean)) terms)
    let kl = values (terms.Kl.Invoke())

    near
        1e-12
        (Array.map2 (fun l kl -> Array.average l - kl) likelihood kl)
        (bound (Elbo(k, true, Reduction.Mean)) terms)

[<Fact>]
let ``With one sample the importance-weighted bound is the ELBO`` () =
    use _ = torch.NewDisposeScope()
    let terms = terms 1
    near 1e-13 (bound (Elbo(1, false, Reduction.Mean)) terms) (bound (Iwae(1, Reduction.Mean)) terms)

[<Fact>]
let ``The loss is minus the mean of the bounds, and as a sum B times that`` () =
    let bounds = torch.tensor [| -100.0; -90.0; -95.5; -101.25 |]
    let loss (objective: Objective) = (objective.Loss bounds).item<float>()

    for mean, sum in
        [
            Elbo(1, true, Reduction.Mean) :> Objective, Elbo(1, true, Reduction.Sum) :> Objective
            Elbo(1, false, Reduction.Mean), Elbo(1, false, Reduction.Sum)
            Iwae(5, Reduction.Mean), Iwae(5, Reduction.Sum)
        ] do
        Assert.Equal(96.6875, loss mean)
        Assert.Equal(4.0 * 96.6875, loss sum)

[<Fact>]
let ``No samples are refused`` () =
    for samples in [ 0; -1 ] do
        for make in
            [
                (fun () -> Elbo(samples, true, Reduction.Mean) :> Objective)
                (fun () -> Iwae(samples, Reduction.Mean))
            ] do
            let e = Assert.Throws<ArgumentOutOfRangeException>(fun () -> make () |> ignore)
            Assert.Contains("at least 1", e.Message)

    Assert.Equal(7, Iwae(7, Reduction.Mean).Samples)

[<Fact>]
let ``A closed form that a model does not have is refused`` () =
    use _ = torch.NewDisposeScope()
    use model = new LinearGaussian(array2D [ [ 1.0 ] ], [| 0.0 |], 1.0)

    let terms =
        model.Terms(graph, torch.zeros [| 2L; 1L |], torch.zeros [| 3L; 2L; 1L |])

    let e =
        Assert.Throws<InvalidOperationException>(fun () -> Elbo(3, true, Reduction.Mean).Bound terms |> ignore)

    Assert.Contains("no closed-form KL", e.Message)
    Assert.Equal<int64[]>([| 2L |], (Elbo(3, false, Reduction.Mean).Bound terms).shape)
