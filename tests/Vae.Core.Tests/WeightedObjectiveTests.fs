/// β, capacity and free bits against their definitions, number by number.
module Vae.Tests.WeightedObjectiveTests

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
    t.detach().reshape([| -1L |]).data<float>().ToArray()

let near (expected: float[]) (actual: float[]) =
    Assert.Equal(expected.Length, actual.Length)

    for e, a in Array.zip expected actual do
        Assert.InRange(a, e - 1e-12 * (1.0 + abs e), e + 1e-12 * (1.0 + abs e))

let batch, latent, samples = 4, 3, 5

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

let terms () =
    let examples = torch.arange (batch, dtype = torch.ScalarType.Int64)

    let noise =
        PhiloxTensor.Normal(PhiloxKey(2u, 3u), 0L, examples, 0L, int64 samples, int64 latent).``double``()

    model.Terms(graph, x (), noise)

/// Mean over the samples of log p(x | z) and of log q(z | x) - log p(z), for each example.
let parts (terms: Terms<Tensor>) =
    let mean (t: Tensor) =
        values t
        |> Array.chunkBySize batch
        |> Array.transpose
        |> Array.map Array.average

    mean terms.LogLikelihood, mean (terms.LogQ - terms.LogPrior)

/// KL(N(m, s²) ‖ N(0, 1)) for each example and dimension.
let klByDimension () =
    let q = model.Posterior(graph, x ())

    Array.map2 (fun m s -> 0.5 * (m * m + s * s - 1.0) - log s) (values q.Mean) (values q.Scale)
    |> Array.chunkBySize latent

let bound (objective: Objective) (at: ObjectiveValues) = values (objective.Bound(terms (), at))

[<Fact>]
let ``β weighs the KL, and the reconstruction has a weight of its own`` () =
    use _ = torch.NewDisposeScope()
    let likelihood, sampled = parts (terms ())
    let closed = klByDimension () |> Array.map Array.sum

    for beta, reconstruction in [ 1.0, 1.0; 4.0, 1.0; 0.0, 1.0; 10.0, 1.0 / 784.0 ] do
        let at = ObjectiveValues(Beta = beta, Reconstruction = reconstruction)

        for kl, closedForm in [ sampled, false; closed, true ] do
            near
                (Array.map2 (fun l kl -> reconstruction * l - beta * kl) likelihood kl)
                (bound (Elbo(samples, closedForm, Reduction.Mean)) at)

        Assert.Equal(beta / reconstruction, at.EffectiveKlWeight)

[<Fact>]
let ``With a capacity, an example pays for the KL's distance from it`` () =
    use _ = torch.NewDisposeScope()
    let likelihood, _ = parts (terms ())
    let kl = klByDimension () |> Array.map Array.sum
    let capacity = Array.average kl
    Assert.True(Array.min kl < capacity && capacity < Array.max kl)

    near
        (Array.map2 (fun l kl -> l - 100.0 * abs (kl - capacity)) likelihood kl)
        (bound (Elbo(samples, true, Reduction.Mean)) (ObjectiveValues(Beta = 100.0, Capacity = Nullable capacity)))

[<Fact>]
let ``Free bits: each dimension whose mean KL is below λ costs λ, where the KL comes apart`` () =
    use _ = torch.NewDisposeScope()
    let likelihood, _ = parts (terms ())
    let means = klByDimension () |> Array.transpose |> Array.map Array.average
    // Some dimensions below λ, some above.
    let free = (Array.min means + Array.max means) / 2.0
    let expected = Array.average likelihood - Array.sumBy (max free) means
    let free' = bound (Elbo(samples, true, Reduction.Mean, free)) ObjectiveValues.Plain
    near [| expected |] [| Array.average free' |]
    // All of them above: the ELBO itself.
    near
        (bound (Elbo(samples, true, Reduction.Mean)) ObjectiveValues.Plain)
        (bound (Elbo(samples, true, Reduction.Mean, Array.min means / 2.0)) ObjectiveValues.Plain)

[<Fact>]
let ``Free bits: on the whole KL where it is had by Monte Carlo`` () =
    use _ = torch.NewDisposeScope()
    let likelihood, kl = parts (terms ())

    for free in [ Array.average kl * 0.9; Array.average kl * 1.1 ] do
        let floored =
            bound (Elbo(samples, false, Reduction.Mean, free)) ObjectiveValues.Plain

        near [| Array.average likelihood - max free (Array.average kl) |] [| Array.average floored |]

[<Fact>]
let ``Below λ no gradient pushes the KL further down`` () =
    use _ = torch.NewDisposeScope()
    model.zero_grad ()
    let made = terms ()
    let objective = Elbo(samples, true, Reduction.Mean, 1000.0)
    objective.Backward(objective.Loss(objective.Bound made), made)
    let floored = [ for p in model.parameters () -> values p.grad ]
    model.zero_grad ()
    // What is left is the gradient of the reconstruction alone.
    (terms ()).LogLikelihood.mean([| 0L |]).mean().neg().backward()

    for a, p in Seq.zip floored (model.parameters ()) do
        near (values p.grad) a

    model.zero_grad ()

[<Fact>]
let ``The parts of a step's batches add up to its loss`` () =
    let bounds = [| -100.0; -90.0; -95.5; -101.25; -80.0 |]

    for reduction in [ Reduction.Mean; Reduction.Sum ] do
        let objective = Elbo(1, true, reduction)

        let part (numbers: float[]) =
            objective.Loss(torch.tensor numbers, 5L).item<float>()

        let whole = objective.Loss(torch.tensor bounds).item<float>()
        Assert.Equal(whole, part bounds[..1] + part bounds[2..3] + part bounds[4..], 12)
