/// Estimators against their formulas, written naively in float64.
module Vae.Tests.EstimatorTests

open System
open FsCheck
open FsCheck.FSharp
open TorchSharp
open Vae.Core.Estimators
open Vae.Core.Models
open Vae.Primitives
open Xunit

let close (tolerance: float) (expected: float) (actual: float) =
    if not (expected.Equals actual) then
        Assert.InRange(actual, expected - tolerance, expected + tolerance)

let summary (logW: seq<float>) =
    let mutable s = WeightSummary()

    for w in logW do
        s.Add w

    s

/// Elbo, LogLikelihood, EffectiveSampleSize and Variance by their definitions, on weights that neither overflow nor vanish.
let naive (logW: float list) =
    let w, k = List.map exp logW, float logW.Length
    let mean = List.average w
    let ess = List.sum w ** 2.0 / List.sumBy (fun w -> w * w) w

    let variance =
        if k = 1.0 then
            nan
        else
            (List.sumBy (fun w -> (w - mean) ** 2.0) w / (k - 1.0)) / (k * mean * mean)

    List.average logW, log mean, ess, variance

/// One to a hundred log-weights of up to ±30 nats, many of them alike.
let logWeights =
    Gen.choose (-3000, 3000)
    |> Gen.map (fun n -> float n / 100.0)
    |> Gen.nonEmptyListOf
    |> Gen.map (List.truncate 100)
    |> Arb.fromGen

let check law =
    Check.One(Config.QuickThrowOnFailure.WithMaxTest 300, Prop.forAll logWeights law)

[<Fact>]
let ``A summary has the values of the formulas`` () =
    check (fun logW ->
        let s = summary logW
        let elbo, logLikelihood, ess, variance = naive logW
        Assert.Equal(int64 logW.Length, s.Count)
        close 1e-10 elbo s.Elbo
        close 1e-10 logLikelihood s.LogLikelihood
        close (1e-10 * ess) ess s.EffectiveSampleSize
        close 1e-9 variance s.Variance)

[<Fact>]
let ``A factor of all weights, however huge or tiny, only shifts the estimates`` () =
    check (fun logW ->
        for offset in [ -1e5; -1000.0; 700.0; 1e6 ] do
            let s = summary (logW |> List.map (fun w -> w + offset))
            let elbo, logLikelihood, ess, variance = naive logW
            close 1e-8 (elbo + offset) s.Elbo
            close 1e-8 (logLikelihood + offset) s.LogLikelihood
            close (1e-8 * ess) ess s.EffectiveSampleSize
            close 1e-8 variance s.Variance)

[<Fact>]
let ``The order of the weights does not matter`` () =
    check (fun logW ->
        let s = summary logW

        for order in [ List.rev; List.sort; List.sortDescending ] do
            let t = summary (order logW)
            close 1e-11 s.Elbo t.Elbo
            close 1e-11 s.LogLikelihood t.LogLikelihood
            close (1e-11 * s.EffectiveSampleSize) s.EffectiveSampleSize t.EffectiveSampleSize
            close 1e-11 s.Variance t.Variance)

[<Fact>]
let ``Weights of zero count, and add nothing else`` () =
    let zero = Double.NegativeInfinity

    check (fun logW ->
        let k = float logW.Length

        for mixed in [ zero :: zero :: logW; logW @ [ zero; zero ] ] do
            let s = summary mixed
            let _, logLikelihood, ess, _ = naive logW
            close 1e-10 (logLikelihood + log (k / (k + 2.0))) s.LogLikelihood
            close (1e-10 * ess) ess s.EffectiveSampleSize
            // Σw² / (Σw)² = 1 / ess, and K is two more.
            close 1e-9 ((1.0 / ess - 1.0 / (k + 2.0)) * (k + 2.0) / (k + 1.0)) s.Variance
            Assert.Equal(zero, s.Elbo))

    Assert.Equal(zero, (summary [ zero; zero; zero ]).LogLikelihood)
    Assert.Equal(zero, (summary [ zero ]).LogLikelihood)

[<Fact>]
let ``A weight that is not a number is never forgotten`` () =
    check (fun logW ->
        for i in 0 .. logW.Length do
            let s = summary (List.insertAt i nan logW)
            Assert.Equal(nan, s.Elbo)
            Assert.Equal(nan, s.LogLikelihood))

[<Fact>]
let ``The effective sample size is between 1 and K, and reaches both`` () =
    check (fun logW ->
        let s = summary logW
        Assert.InRange(s.EffectiveSampleSize, 1.0 - 1e-12, float s.Count * (1.0 + 1e-12)))

    close 1e-12 1.0 (summary [ 0.0; -800.0; -900.0 ]).EffectiveSampleSize
    close 1e-10 50.0 (summary (List.replicate 50 -123.0)).EffectiveSampleSize

[<Fact>]
let ``One weight is its own estimate, without a spread`` () =
    for w in [ -1e5; -98.5; 0.0; 700.0 ] do
        let s = summary [ w ]
        Assert.Equal(w, s.Elbo)
        Assert.Equal(w, s.LogLikelihood)
        Assert.Equal(1.0, s.EffectiveSampleSize)
        Assert.Equal(nan, s.Variance)

[<Fact>]
let ``Summed up one by one the weights give what the tensor's reductions give at once`` () =
    check (fun logW ->
        use _ = torch.NewDisposeScope()
        // Two examples: the weights, and the weights 1000 nats lower.
        let column = torch.tensor (List.toArray logW)
        let logW = torch.stack ([ column; column - 1000.0 ], 1L)
        let elbo, logLikelihood = LogWeights.Elbo logW, LogWeights.LogLikelihood logW
        Assert.Equal<int64[]>([| 2L |], logLikelihood.shape)

        for b in 0L .. 1L do
            let s = summary (logW.select(1L, b).data<float>())
            close 1e-9 s.Elbo (elbo[b].item<float>())
            close 1e-9 s.LogLikelihood (logLikelihood[b].item<float>()))

[<Fact>]
let ``The bound of K weights is at least the ELBO (Jensen), and for K = 1 it is the ELBO`` () =
    check (fun logW ->
        use _ = torch.NewDisposeScope()
        let logW = torch.tensor(List.toArray logW).unsqueeze 1L
        let elbo = (LogWeights.Elbo logW).item<float>()
        Assert.True((LogWeights.LogLikelihood logW).item<float>() >= elbo - 1e-12)
        let first = logW.narrow (0L, 0L, 1L)
        close 1e-12 ((LogWeights.Elbo first).item<float>()) ((LogWeights.LogLikelihood first).item<float>()))

/// p(x) is known; the posterior is 1.5 times too wide.
let model =
    new LinearGaussian(array2D [ [ 1.0; 0.5 ]; [ -0.5; 2.0 ]; [ 0.25; 1.0 ] ], [| 0.5; -1.0; 0.0 |], 0.75, 1.5)

let key = PhiloxKey(11u, Philox.StreamOf "estimators")

/// Examples without a pattern, numbered from 100.
let examples (n: int) =
    torch.tensor([| for i in 0 .. 3 * n - 1 -> float32 (sin (float (i * i) * 0.7)) * 2f |]).reshape(int64 n, 3L),
    torch.arange (100, 100 + n, 1, torch.ScalarType.Int64)

/// Equal up to float32's rounding of a log-weight: pieces of another size go through other kernels.
let same (expected: WeightSummary[]) (actual: WeightSummary[]) =
    Assert.Equal(expected.Length, actual.Length)

    for e, a in Array.zip expected actual do
        Assert.Equal(e.Count, a.Count)
        close 1e-5 e.Elbo a.Elbo
        close 1e-5 e.LogLikelihood a.LogLikelihood
        close (1e-4 * e.EffectiveSampleSize) e.EffectiveSampleSize a.EffectiveSampleSize
        close (1e-3 * e.Variance) e.Variance a.Variance

[<Fact>]
let ``The size of the pieces does not change an estimate`` () =
    use _ = torch.NewDisposeScope()
    let x, ids = examples 9

    let run rowsAtOnce =
        ImportanceSampling(model, key, rowsAtOnce).Run(x, ids, 50L)

    let whole = run 100000L
    Assert.Equal(9, whole |> Array.distinctBy _.LogLikelihood |> Array.length)

    for rowsAtOnce in [ 1L; 7L; 49L; 50L; 64L; 101L; 2048L ] do
        same whole (run rowsAtOnce)

[<Fact>]
let ``A batch cut in two gives the same estimates`` () =
    use _ = torch.NewDisposeScope()
    let x, ids = examples 9

    let run from length =
        ImportanceSampling(model, key).Run(x.narrow (0L, from, length), ids.narrow (0L, from, length), 50L)

    same (run 0L 9L) (Array.append (run 0L 4L) (run 4L 5L))

[<Fact>]
let ``Another step, seed or stream draws other weights`` () =
    use _ = torch.NewDisposeScope()
    let x, ids = examples 3

    let elbo key step =
        ImportanceSampling(model, key).Run(x, ids, 5L, step) |> Array.head |> _.Elbo

    let other = PhiloxKey(key.Seed, Philox.StreamOf "other")

    let all =
        [
            elbo key 0L
            elbo key 1L
            elbo (PhiloxKey(12u, key.Stream)) 0L
            elbo other 0L
        ]

    Assert.Equal(4, (List.distinct all).Length)

    Assert.Equal(elbo key 1L, elbo key 1L)

[<Fact>]
let ``No examples have no estimates; no samples and pieces of nothing are refused`` () =
    use _ = torch.NewDisposeScope()
    let x, ids = examples 3
    Assert.Empty(ImportanceSampling(model, key).Run(x.narrow (0L, 0L, 0L), ids.narrow (0L, 0L, 0L), 5L))

    Assert.Throws<ArgumentOutOfRangeException>(fun () -> ImportanceSampling(model, key).Run(x, ids, 0L) |> ignore)
    |> ignore

    Assert.Throws<ArgumentOutOfRangeException>(fun () -> ImportanceSampling(model, key, 0L) |> ignore)
    |> ignore

/// Paired differences of 4000 examples: each bound is above the one before by more than 5 of its standard errors (p < 1e-6),
/// and none is above log p(x).
[<Fact>]
let ``The importance-weighted bound grows with K towards log p(x), from the ELBO on`` () =
    use _ = torch.NewDisposeScope()
    let n = 4000
    let x, ids = examples n
    let rows = x.data<float32>().ToArray() |> Array.chunkBySize 3
    let exact = rows |> Array.map (fun x -> model.LogEvidence(ReadOnlySpan x))

    let bound k =
        ImportanceSampling(model, key, 100000L).Run(x, ids, k)
        |> Array.map _.LogLikelihood

    let bounds = [ 1L; 2L; 5L; 20L ] |> List.map bound

    let meanAndError (xs: float[]) =
        let mean = Array.average xs
        mean, sqrt ((xs |> Array.sumBy (fun x -> (x - mean) ** 2.0)) / float n / float (n - 1))

    for lower, upper in List.pairwise bounds do
        let growth, error = meanAndError (Array.map2 (-) upper lower)
        Assert.True(growth > 5.0 * error, $"grew by {growth} ± {error}")

    for bound in bounds do
        let gap, error = meanAndError (Array.map2 (-) exact bound)
        Assert.True(gap > -4.0 * error, $"above log p(x) by {-gap} ± {error}")

/// The ratio of the two variances, over 20 examples and 200 repeats, has a standard error of √(2 / 4000) = 2.2 %; the tolerance is 10 %.
[<Fact>]
let ``The variance by the delta method is the variance over 200 repeats`` () =
    use _ = torch.NewDisposeScope()
    let x, ids = examples 20

    let repeats =
        [|
            for step in 1L .. 200L -> ImportanceSampling(model, key, 100000L).Run(x, ids, 500L, step)
        |]

    let empirical =
        Array.average
            [|
                for example in Array.transpose repeats do
                    let mean = example |> Array.averageBy _.LogLikelihood
                    (example |> Array.sumBy (fun s -> (s.LogLikelihood - mean) ** 2.0)) / 199.0
            |]

    let reported = repeats |> Array.averageBy (Array.averageBy _.Variance)
    Assert.InRange(reported / empirical, 0.9, 1.1)
