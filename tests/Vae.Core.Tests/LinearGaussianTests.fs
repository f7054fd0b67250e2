/// The model whose truth is known: estimators are held against its exact log p(x).
module Vae.Tests.LinearGaussianTests

open System
open TorchSharp
open Vae.Core.Estimators
open Vae.Core.Graphs
open Vae.Core.Models
open Vae.Core.Objectives
open Vae.Primitives
open Vae.Torch
open Xunit

type Tensor = torch.Tensor

let graph: IGraph<Tensor> = TensorGraph()

/// The parameters of a model: W [D, Z], b [D] and σ, as plain numbers.
type Truth =
    {
        W: float[,]
        B: float[]
        Sigma: float
    }

let key seed (name: string) = PhiloxKey(seed, Philox.StreamOf name)

let normal seed name i =
    float (Philox.Normal(key seed name, 0u, 0u, 0u, uint i))

let truth seed dimensions latent =
    {
        W = Array2D.init dimensions latent (fun i j -> normal seed "w" (i * latent + j))
        B = Array.init dimensions (normal seed "b")
        Sigma = 0.5 + float (Philox.Uniform(key seed "sigma", 0u, 0u, 0u, 0u))
    }

let modelOf (truth: Truth) widening =
    new LinearGaussian(truth.W, truth.B, truth.Sigma, widening)

/// W Wᵀ + σ² I.
let covariance truth =
    let d, z = Array2D.length1 truth.W, Array2D.length2 truth.W

    Array2D.init d d (fun i j ->
        let dot = Seq.sum (seq { for k in 0 .. z - 1 -> truth.W[i, k] * truth.W[j, k] })
        if i = j then dot + truth.Sigma ** 2.0 else dot)

/// log N(x; mean, C) by the chain rule: each coordinate given those before it (Gauss's elimination without pivots).
let logDensity (mean: float[]) (c: float[,]) (x: float[]) =
    let d = mean.Length
    let c, e = Array2D.copy c, Array.map2 (-) x mean
    let mutable logP = 0.0

    for k in 0 .. d - 1 do
        logP <- logP - 0.5 * (e[k] * e[k] / c[k, k] + log (2.0 * Math.PI * c[k, k]))

        for i in k + 1 .. d - 1 do
            let ratio = c[i, k] / c[k, k]
            e[i] <- e[i] - ratio * e[k]

            for j in k + 1 .. d - 1 do
                c[i, j] <- c[i, j] - ratio * c[k, j]

    logP

let exact truth =
    let c = covariance truth
    fun (x: float32[]) -> logDensity truth.B c (Array.map float x)

let evidence (model: LinearGaussian) (x: float32[]) = model.LogEvidence(ReadOnlySpan x)

/// Examples drawn from the model itself, as a tensor [N, D] and as rows.
let sample (truth: Truth) (model: LinearGaussian) seed (n: int) =
    let examples = torch.arange (n, dtype = torch.ScalarType.Int64)

    let noise name width =
        PhiloxTensor.Normal(key seed name, 0L, examples, 0L, 1L, width).squeeze 0L

    let z = model.SamplePrior(graph, noise "prior" model.NoiseSize)
    let x = model.Decode(graph, z) + (noise "pixels" model.Dimensions) * truth.Sigma
    x, examples, x.data<float32>().ToArray() |> Array.chunkBySize (int model.Dimensions)

let shapes = [ (1, 1); (1, 3); (2, 1); (2, 2); (5, 3); (8, 2); (20, 5) ]

let close (tolerance: float) (expected: float) (actual: float) =
    Assert.InRange(actual, expected - tolerance, expected + tolerance)

[<Fact>]
let ``The exact log p(x) is the Gaussian density of mean b and covariance WWᵀ + σ²I`` () =
    use _ = torch.NewDisposeScope()

    for seed in 1u .. 5u do
        for d, z in shapes do
            let t = truth seed d z
            use model = modelOf t 1.0
            let _, _, rows = sample t model seed 10

            for x in rows do
                let expected = exact t x
                close (1e-10 * (1.0 + abs expected)) expected (evidence model x)

[<Fact>]
let ``In one and two dimensions it is the density written out`` () =
    let log2Pi = log (2.0 * Math.PI)

    for seed in 1u .. 5u do
        let t = truth seed 1 3
        use model = modelOf t 1.0
        let v = t.W[0, 0] ** 2.0 + t.W[0, 1] ** 2.0 + t.W[0, 2] ** 2.0 + t.Sigma ** 2.0
        let x = 1.75f
        close 1e-12 (-0.5 * ((float x - t.B[0]) ** 2.0 / v + log v + log2Pi)) (evidence model [| x |])

        let t = truth seed 2 1
        use model = modelOf t 1.0
        let a, b = t.W[0, 0], t.W[1, 0]
        let s2 = t.Sigma ** 2.0
        let det = (a * a + s2) * (b * b + s2) - a * a * b * b
        let e, f = -0.5 - t.B[0], 2.25 - t.B[1]

        let quadratic =
            ((b * b + s2) * e * e - 2.0 * a * b * e * f + (a * a + s2) * f * f) / det

        close 1e-11 (-0.5 * (quadratic + log det) - log2Pi) (evidence model [| -0.5f; 2.25f |])

[<Fact>]
let ``It is the integral of p(x, z) over z`` () =
    use _ = torch.NewDisposeScope()

    for seed in 1u .. 5u do
        let t = truth seed 3 1
        use model = new LinearGaussian(t.W, t.B, t.Sigma, 1.0, torch.ScalarType.Float64)
        let x = [| 0.5f; -1.0f; 1.25f |]
        let step = 1e-3
        let z = torch.arange (-10, 10, step, torch.ScalarType.Float64)

        let struct (logLikelihood, logPrior) =
            model.LogJoint(graph, torch.tensor (Array.map float x), z.reshape (-1L, 1L))

        let logP = (logLikelihood + logPrior).logsumexp(0L).item<float>() + log step
        close 1e-9 (evidence model x) logP

[<Fact>]
let ``With the exact posterior every log-weight is log p(x), and so are ELBO, bound and estimate`` () =
    use _ = torch.NewDisposeScope()

    for seed in 1u .. 3u do
        for d, z in shapes do
            let t = truth seed d z
            use model = modelOf t 1.0
            let x, examples, rows = sample t model seed 20
            let k = 50

            let noise =
                PhiloxTensor.Normal(key seed "noise", 0L, examples, 0L, int64 k, model.NoiseSize)

            let terms = model.Terms(graph, x, noise)
            let logW = terms.LogWeights(graph)
            Assert.Equal<int64[]>([| int64 k; 20L |], logW.shape)
            let expected = Array.map (exact t) rows

            let agree (actual: Tensor) =
                actual.data<float32>()
                |> Seq.iteri (fun i w -> close 1e-4 expected[i % 20] (float w))

            agree logW
            agree (Elbo(k, false, Reduction.Mean).Bound terms)
            agree (Iwae(k, Reduction.Mean).Bound terms)

            for i, s in Seq.indexed (ImportanceSampling(model, key seed "is").Run(x, examples, int64 k)) do
                close 1e-4 expected[i] s.Elbo
                close 1e-4 expected[i] s.LogLikelihood
                Assert.InRange(s.EffectiveSampleSize, float k * 0.999, float k * 1.001)

// One model and 200 examples, seen by 20 seeds of importance sampling from a posterior that is 1.3 times too wide.
let widening = 1.3
let latent = 2
let count = 200
let samples = 1000

let runs =
    lazy
        (use _ = torch.NewDisposeScope()
         let t = truth 7u 8 latent
         use model = modelOf t widening
         let x, examples, rows = sample t model 7u count
         let expected = Array.map (exact t) rows

         expected,
         [
             for seed in 1u .. 20u -> ImportanceSampling(model, key seed "evaluate").Run(x, examples, int64 samples)
         ])

/// The Monte-Carlo standard error of the mean of log p̂(x) over the examples, as it is reported.
let standardError (summaries: WeightSummary[]) =
    sqrt (summaries |> Array.sumBy _.Variance) / float summaries.Length

[<Fact>]
let ``Importance sampling agrees with the exact log p(x): 20 seeds, always within 4 standard errors below 0.02 nats``
    ()
    =
    let expected, runs = runs.Force()

    for summaries in runs do
        let error = (summaries |> Array.averageBy _.LogLikelihood) - Array.average expected
        let standardError = standardError summaries
        Assert.InRange(standardError, 1e-5, 0.02)
        Assert.InRange(error / standardError, -4.0, 4.0)
        Assert.All(summaries, fun s -> Assert.InRange(sqrt s.Variance, 1e-5, 0.02))

/// 4000 errors; the rate's own standard error is 0.34 %, so the band is four of them wide.
[<Fact>]
let ``Each example's error is within 1.96 of its standard errors 95 times in a hundred, and never beyond 5`` () =
    let expected, runs = runs.Force()

    let z =
        [|
            for summaries in runs do
                for e, s in Array.zip expected summaries -> (s.LogLikelihood - e) / sqrt s.Variance
        |]

    Assert.All(z, fun z -> Assert.InRange(z, -5.0, 5.0))
    let inside = z |> Array.averageBy (fun z -> if abs z < 1.96 then 1.0 else 0.0)
    Assert.InRange(inside, 0.95 - 4.0 * 0.0034, 0.95 + 4.0 * 0.0034)

/// What the standard errors above can tell apart: the ELBO is below log p(x) by KL(q ‖ p(z|x)) = Z (½(s² − 1) − ln s) = 0.165 nats.
[<Fact>]
let ``The ELBO fails that test by a hundred standard errors, and is off by exactly the KL of the wide posterior`` () =
    let expected, runs = runs.Force()
    let kl = float latent * (0.5 * (widening ** 2.0 - 1.0) - log widening)

    for summaries in runs do
        let gap = Array.average expected - (summaries |> Array.averageBy _.Elbo)
        Assert.True(gap > 100.0 * standardError summaries)
        // log w varies over z by Σ ½(s² − 1) ε², ε ~ N(0, 1).
        let deviation = 0.5 * (widening ** 2.0 - 1.0) * sqrt (2.0 * float latent)
        close (4.0 * deviation / sqrt (float (samples * count))) kl gap

/// E[w]² / E[w²] of a Gaussian seen through one that is s times wider is (√(2s² − 1) / s²) per dimension.
[<Fact>]
let ``The effective sample size is what the width of the posterior says`` () =
    let _, runs = runs.Force()

    let expected =
        (sqrt (2.0 * widening ** 2.0 - 1.0) / widening ** 2.0) ** float latent

    for summaries in runs do
        let actual = (summaries |> Array.averageBy _.EffectiveSampleSize) / float samples
        close (0.005 * expected) expected actual

[<Fact>]
let ``Data drawn from the model have the evidence's mean, covariance and entropy`` () =
    use _ = torch.NewDisposeScope()
    let n = 50000

    for seed, (d, z) in List.indexed [ (1, 1); (3, 2); (6, 3) ] do
        let t = truth (uint seed) d z
        use model = modelOf t 1.0
        let _, _, rows = sample t model (uint seed) n
        let c = covariance t

        let within variance expected actual =
            close (5.0 * sqrt (variance / float n)) expected actual

        for i in 0 .. d - 1 do
            within c[i, i] t.B[i] (rows |> Array.averageBy (fun x -> float x[i]))

            for j in 0..i do
                let product (x: float32[]) =
                    (float x[i] - t.B[i]) * (float x[j] - t.B[j])

                within (c[i, i] * c[j, j] + c[i, j] ** 2.0) c[i, j] (rows |> Array.averageBy product)

        // E[log p(x)] = log p(b) − D/2, with variance D/2.
        within (float d / 2.0) (logDensity t.B c t.B - float d / 2.0) (rows |> Array.averageBy (evidence model))

[<Fact>]
let ``Parameters and examples that do not fit are refused`` () =
    let w = array2D [ [ 1.0 ]; [ 2.0 ] ]

    let refused (make: unit -> LinearGaussian) =
        Assert.ThrowsAny<ArgumentException>(fun () -> make().Dispose()).Message

    Assert.Contains("W has 2 rows and b 3 numbers", refused (fun () -> new LinearGaussian(w, [| 0.0; 0.0; 0.0 |], 1.0)))
    Assert.Contains("sigma", refused (fun () -> new LinearGaussian(w, [| 0.0; 0.0 |], 0.0)))
    Assert.Contains("widening", refused (fun () -> new LinearGaussian(w, [| 0.0; 0.0 |], 1.0, -1.0)))
    use model = new LinearGaussian(w, [| 0.0; 0.0 |], 1.0)

    let e =
        Assert.Throws<ArgumentException>(fun () -> evidence model [| 0f; 0f; 0f |] |> ignore)

    Assert.Equal("x has 3 numbers; the model has 2 dimensions.", e.Message)
