/// Annealed estimators against the model whose log p(x) is known, over 20 seeds, with intervals that must cover the truth as often as they say.
module Vae.Tests.AnnealingTests

open System
open TorchSharp
open Vae.Core
open Vae.Core.Distributions
open Vae.Core.Estimators
open Vae.Core.Flows
open Vae.Core.Graphs
open Vae.Core.Models
open Vae.Core.Networks
open Vae.Primitives
open Vae.Torch
open Xunit

type Tensor = torch.Tensor

let key seed (name: string) = PhiloxKey(seed, Philox.StreamOf name)

let ids (n: int) =
    torch.arange (n, dtype = torch.ScalarType.Int64)

/// A posterior 1.4 times too wide: what starts there isn't at its end already.
let modelOf seed =
    let number name i =
        float (Philox.Normal(key seed name, 0u, 0u, 0u, uint i))

    new LinearGaussian(Array2D.init 4 2 (fun i j -> 0.7 * number "w" (2 * i + j)), Array.init 4 (number "b"), 1.0, 1.4)

let examples = 40
let chains = 16L

let short =
    Annealing(Temperatures = 30, Steps = 5, StepSize = StepSize(Max = 1.0, Initial = 0.1))

let exactly (model: LinearGaussian) (x: Tensor) =
    x.data<float32>().ToArray()
    |> Array.chunkBySize 4
    |> Array.map (fun row -> model.LogEvidence(ReadOnlySpan row))

/// log p̂ of each example and its error, from log-weights [C, B]; the sign is -1 for the upper bound of backward chains.
let estimate (sign: float) (logW: Tensor) =
    use bootstrap = new WeightBootstrap(key 1u "bootstrap")
    let last = Seq.last (EvidenceEstimate.Of(logW * Scalar.op_Implicit sign, bootstrap))

    Seq.zip (last.Weights |> Seq.map (fun w -> sign * w.LogLikelihood)) last.Errors
    |> Seq.toArray

type Chains =
    {
        Exact: float[]
        Forward: Tensor
        Backward: Tensor
    }

let seeds = [ 1u .. 20u ]

/// Data drawn from the model, and chains both ways, for each seed with the same step sizes. The caller's scope keeps the tensors.
let runs (annealing: Annealing) seeds =
    use model = modelOf 5u
    let n = ids examples

    let estimator seed =
        AnnealedImportanceSampling(model, key seed "chains", annealing)

    let pilot = Simulation.Of(model, key 99u "data", ids 20).X
    let sizes = (estimator 99u).Pilot(pilot, ids 20, 4L)

    [|
        for seed in seeds do
            let data = Simulation.Of(model, key seed "data", n)

            {
                Exact = exactly model data.X
                Forward = (estimator seed).Forward(data.X, n, chains, sizes)
                Backward = (estimator seed).Reverse(data.X, data.Z, n, chains, sizes)
            }
    |]

/// The means over groups of ten examples, in standard errors from the truth.
let deviations exact (estimates: (float * float)[]) =
    Array.zip exact estimates
    |> Array.chunkBySize 10
    |> Array.map (fun group ->
        let error = group |> Array.sumBy (fun (truth, (value, _)) -> value - truth)
        error / sqrt (group |> Array.sumBy (fun (_, (_, e)) -> e * e)))

/// 80 groups: the rate of 95 in a hundred has a standard error of 2.4 %; sixteen chains give a normal interval 93 at best.
let covers (z: float[]) =
    Assert.All(z, fun z -> Assert.InRange(z, -6.0, 6.0))
    Assert.InRange(z |> Array.averageBy (fun z -> if abs z < 1.96 then 1.0 else 0.0), 0.85, 1.0)
    Assert.InRange(Array.average z, -0.5, 0.5)

/// The mean of w / p(x) is 1, and of p(x) / w for the chains that go back, within four standard errors of at most 0.05.
let unbiased (sign: float) (chains: (float[] * Tensor)[]) =
    let ratios =
        chains
        |> Array.collect (fun (exact, logW) ->
            logW.data<float>().ToArray()
            |> Array.mapi (fun i w -> exp (sign * (w - exact[i % exact.Length]))))

    let mean = Array.average ratios

    let error =
        sqrt ((ratios |> Array.averageBy (fun r -> (r - mean) ** 2.0)) / float ratios.Length)

    Assert.InRange(error, 1e-6, 0.05)
    Assert.InRange(mean, 1.0 - 4.0 * error, 1.0 + 4.0 * error)

let kinds =
    dict
        [
            "hais from the prior", short
            "hais from q",
            Annealing(Temperatures = 10, Steps = 5, Start = AnnealingStart.Posterior, StepSize = short.StepSize)
            "hais, linear schedule",
            Annealing(Temperatures = 60, Steps = 5, Schedule = AnnealingSchedule.Linear, StepSize = short.StepSize)
            "ais",
            Annealing(
                Temperatures = 150,
                Steps = 3,
                Kernel = AnnealingKernel.Metropolis,
                StepSize = StepSize(Max = 2.0, Initial = 0.3, Target = 0.4)
            )
        ]

[<Theory>]
[<InlineData "hais from the prior">]
[<InlineData "hais from q">]
[<InlineData "hais, linear schedule">]
[<InlineData "ais">]
let ``An annealed estimate agrees with the exact log p(x) over 20 seeds, and covers it as often as it says`` kind =
    use _ = torch.NewDisposeScope()

    let runs = runs kinds[kind] seeds
    unbiased 1.0 (runs |> Array.map (fun c -> c.Exact, c.Forward))
    unbiased -1.0 (runs |> Array.map (fun c -> c.Exact, c.Backward))

    runs
    |> Array.collect (fun chains -> deviations chains.Exact (estimate 1.0 chains.Forward))
    |> covers

/// The chains of an example all go back from one sample, so their bootstrap doesn't see all of the error: bounds are tested over seeds.
[<Fact>]
let ``Forward and backward chains hold the exact log p(x) between them, and the gap closes with more temperatures`` () =
    use _ = torch.NewDisposeScope()

    let gap temperatures =
        let bounds =
            runs (Annealing(Temperatures = temperatures, Steps = 5, StepSize = short.StepSize)) seeds
            |> Array.map (fun c ->
                let exact = Array.average c.Exact

                (estimate 1.0 c.Forward |> Array.averageBy fst) - exact,
                (estimate -1.0 c.Backward |> Array.averageBy fst) - exact)

        let mean values = Array.average values

        let error (values: float[]) =
            let m = mean values
            sqrt (Array.sumBy (fun v -> (v - m) ** 2.0) values / 19.0 / 20.0)

        let lower, upper = Array.map fst bounds, Array.map snd bounds
        Assert.InRange(mean lower, Double.NegativeInfinity, 4.0 * error lower)
        Assert.InRange(mean upper, -4.0 * error upper, Double.PositiveInfinity)
        mean upper - mean lower

    let coarse, fine = gap 8, gap 40
    Assert.InRange(coarse, 0.05, 5.0)
    Assert.InRange(fine, -0.05, coarse / 3.0)

/// The mistake of S1's reference: what our estimate passes, the mean of log-weights fails by far.
[<Fact>]
let ``The mean of the log-weights over chains is no estimate of log p(x)`` () =
    use _ = torch.NewDisposeScope()

    for chains in runs short [ 1u .. 5u ] do
        let logMean = estimate 1.0 chains.Forward
        let meanLog = (chains.Forward.mean [| 0L |]).data<float>().ToArray()
        let z = deviations chains.Exact
        Assert.InRange(Array.average (z logMean), -1.5, 1.5)
        Assert.True(Array.average (z (Array.zip meanLog (Array.map snd logMean))) < -3.0)

[<Fact>]
let ``More temperatures and more chains tighten the bound`` () =
    use _ = torch.NewDisposeScope()
    use model = modelOf 5u
    let n = ids 50
    let data = Simulation.Of(model, key 3u "data", n)
    let exact = Array.average (exactly model data.X)

    // log p(x) less the bound from one chain, which is the mean of the log-weights, and from 32.
    let gaps temperatures =
        let ais =
            AnnealedImportanceSampling(
                model,
                key 3u "chains",
                Annealing(Temperatures = temperatures, Steps = 5, StepSize = short.StepSize)
            )

        let logW = ais.Forward(data.X, n, 32L, ais.Pilot(data.X, n, 1L))
        exact - logW.mean().item<float>(), exact - (estimate 1.0 logW |> Array.averageBy fst)

    let (one, many), (better, _), (_, best) = gaps 5, gaps 40, gaps 80
    Assert.InRange(better, 0.0, one / 2.0)
    Assert.InRange(many, 0.0, one / 2.0)
    Assert.InRange(best, -0.02, 0.02)

[<Fact>]
let ``With two temperatures from q it is importance sampling, weight by weight`` () =
    use _ = torch.NewDisposeScope()
    use model = modelOf 5u
    let n = ids 20
    let x = Simulation.Of(model, key 3u "data", n).X

    let ais =
        AnnealedImportanceSampling(model, key 3u "noise", Annealing(Temperatures = 2, Start = AnnealingStart.Posterior))

    let annealed = ais.Forward(x, n, 8L, [| 0.1; 0.1 |])
    let noise = PhiloxTensor.Normal(key 3u "noise", 0L, n, 0L, 8L, model.NoiseSize)
    let weights = model.LogWeights(TensorGraph(), x, noise)
    Assert.True((annealed - weights).abs().max().item<float>() < 1e-4)

[<Fact>]
let ``An example's weights don't depend on who is evaluated beside it`` () =
    use _ = torch.NewDisposeScope()
    use model = modelOf 5u
    let n = ids 12
    let x = Simulation.Of(model, key 3u "data", n).X
    let ais = AnnealedImportanceSampling(model, key 3u "chains", short)
    let sizes = ais.Pilot(x, n, 4L)
    let all = ais.Forward(x, n, 4L, sizes)
    let some = ais.Forward(x.narrow (0L, 5L, 3L), n.narrow (0L, 5L, 3L), 4L, sizes)
    Assert.True((all.narrow (1L, 5L, 3L) - some).abs().max().item<float>() < 1e-3)

let small (flows: Flow seq) =
    let model =
        new VariationalAutoencoder(
            new Mlp(9L, [| 8 |], 4L, Activation.Relu),
            new Mlp(2L, [| 8 |], 9L, Activation.Relu),
            BernoulliLikelihood(),
            ScaleFunction.Softplus,
            Seq.toArray flows
        )

    Initialisation.Draw(model, 1u)
    model

[<Fact>]
let ``Parameters stay as they are and collect no gradients`` () =
    use _ = torch.NewDisposeScope()
    use model = small []
    let n = ids 6
    let x = (Simulation.Of(model, key 3u "data", n)).X
    let ais = AnnealedImportanceSampling(model, key 3u "chains", short)

    let evaluate () =
        use _ = torch.NewDisposeScope()
        let sizes = ais.Pilot(x, n, 2L)
        let logW = ais.Forward(x, n, 3L, sizes)
        Assert.Equal<int64[]>([| 3L; 6L |], logW.shape)

    evaluate ()
    Assert.All(model.parameters (), fun p -> Assert.True(p.requires_grad && isNull p.grad))

[<Fact>]
let ``Starting from q after flows is refused with a reason`` () =
    use _ = torch.NewDisposeScope()
    use model = small [ new PlanarFlow(2L, 0L) ]
    let n = ids 6
    let x = (Simulation.Of(model, key 3u "data", n)).X

    let ais =
        AnnealedImportanceSampling(
            model,
            key 3u "chains",
            Annealing(Temperatures = 5, Start = AnnealingStart.Posterior)
        )

    let e =
        Assert.Throws<NotSupportedException>(fun () -> ais.Forward(x, n, 3L, Array.create 5 0.1) |> ignore)

    Assert.Contains("not at any z", e.Message)

[<Fact>]
let ``No chains, one temperature and no steps are refused`` () =
    use _ = torch.NewDisposeScope()
    use model = small []
    let n = ids 2
    let x = torch.zeros [| 2L; 9L |]

    let refused (annealing: Annealing) chains =
        Assert.ThrowsAny<ArgumentException>(fun () ->
            AnnealedImportanceSampling(model, key 1u "", annealing).Forward(x, n, chains, Array.create 30 0.1)
            |> ignore)
        |> ignore

    refused short 0L
    refused (Annealing(Temperatures = 1)) 2L
    refused (Annealing(Steps = 0)) 2L
    refused (Annealing(StepSize = StepSize(Min = 0.0))) 2L
    refused (Annealing(Temperatures = 31)) 2L

/// σ(−4 ... 4), rescaled: written with the logistic function itself.
[<Fact>]
let ``The schedules go from 0 to 1`` () =
    let logistic u = 1.0 / (1.0 + exp -u)

    let at i =
        (logistic (8.0 * float i / 10.0 - 4.0) - logistic -4.0)
        / (logistic 4.0 - logistic -4.0)

    let times = Annealing(Temperatures = 11).Times()

    for i in 0..10 do
        Assert.Equal(at i, times[i], 12)

    Assert.Equal<float list>(
        [ 0.0; 0.25; 0.5; 0.75; 1.0 ],
        List.ofSeq (Annealing(Temperatures = 5, Schedule = AnnealingSchedule.Linear).Times())
    )
