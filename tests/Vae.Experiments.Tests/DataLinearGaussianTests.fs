module Vae.Tests.DataLinearGaussianTests

open System
open System.Threading
open Vae.Experiments.Config
open Vae.Experiments.Data
open Xunit

let private load latent noise train seed =
    LinearGaussian.Load(4, latent, noise, train, 100, 100, seed)

/// W Wᵀ + σ² I.
let private covariance (truth: LinearGaussianTruth) =
    Array2D.init truth.Dimensions truth.Dimensions (fun i j ->
        let w d k = truth.Weight[d * truth.Latent + k]
        let noise = if i = j then truth.Noise[i] ** 2.0 else 0.0
        noise + List.sum [ for k in 0 .. truth.Latent - 1 -> w i k * w j k ])

[<Theory>]
[<InlineData(2, 1.0, 0u)>]
[<InlineData(3, 0.1, 1u)>]
[<InlineData(1, 2.5, 2u)>]
let ``The sample's mean and covariance are the truth's within 5 standard errors``
    (latent: int, noise: float, seed: uint32)
    =
    let n = 20000
    let data = load latent noise n seed
    let truth = data.Truth
    let sigma = covariance truth
    let x i d = float data.Train.Values[i * 4 + d]
    let mean = [| for d in 0..3 -> Seq.init n (fun i -> x i d) |> Seq.average |]

    for i in 0..3 do
        Assert.InRange(mean[i] - truth.Bias[i], -5.0 * sqrt (sigma[i, i] / float n), 5.0 * sqrt (sigma[i, i] / float n))

        for j in 0..3 do
            let sample =
                Seq.init n (fun k -> (x k i - mean[i]) * (x k j - mean[j])) |> Seq.average
            // Of a Gaussian sample's covariance (Isserlis).
            let error = sqrt ((sigma[i, i] * sigma[j, j] + sigma[i, j] * sigma[i, j]) / float n)
            Assert.InRange(sample - sigma[i, j], -5.0 * error, 5.0 * error)

[<Fact>]
let ``Without much noise the data lies on the truth's plane`` () =
    // One latent dimension: (x − b) is a multiple of W.
    let data = load 1 1e-9 50 5u
    let truth = data.Truth

    for i in 0..49 do
        let centred =
            [| for d in 0..3 -> float data.Train.Values[i * 4 + d] - truth.Bias[d] |]

        let z = centred[0] / truth.Weight[0]

        for d in 1..3 do
            Assert.Equal(z * truth.Weight[d], centred[d], 1e-5)

[<Fact>]
let ``An example depends on seed, split and index alone`` () =
    let a, b, other = load 2 1.0 10 0u, load 2 1.0 30 0u, load 2 1.0 10 1u
    Assert.Equal<float32[]>(a.Train.Values, b.Train.Take(10).Values)
    Assert.Equal<float32[]>(a.Test.Values, b.Test.Values)
    Assert.Equal<float[]>(a.Truth.Weight, b.Truth.Weight)
    Assert.NotEqual<float[]>(a.Truth.Weight, other.Truth.Weight)
    Assert.NotEqual<float32[]>(a.Train.Take(10).Values, a.Valid.Take(10).Values)
    Assert.NotEqual<string>(a.Sha256["content"], other.Sha256["content"])

[<Fact>]
let ``A config names sizes, seed, noise and caps`` () =
    let config =
        LinearGaussianConfig(Dimensions = 5, Latent = 3, Noise = 0.5, TrainSize = 20, Seed = 9, MaxValid = 7)

    let data =
        Datasets.Load(config, DataFolders([||], "/nowhere", true), null, CancellationToken.None)

    Assert.Equal<int[]>([| 5 |], Array.ofSeq data.Shape)
    Assert.Equal<int list>([ 20; 7; 1000 ], [ data.Train.Count; data.Valid.Count; data.Test.Count ])
    Assert.Equal(7 * 5, data.Valid.Values.Length)
    Assert.Null data.Train.Pixels
    Assert.Null data.Train.Labels
    Assert.Equal(Binarisation.None, data.Binarisation)
    Assert.Equal(15, data.Truth.Weight.Length)
    Assert.Equal<float[]>(Array.create 5 0.5, data.Truth.Noise)

[<Fact>]
let ``Factor analysis is the tutorial's generator, and its evidence the normal's density`` () =
    let data =
        Datasets.Load(
            FactorAnalysisDataConfig(TrainSize = 20000, Seed = 4),
            DataFolders([||], "/nowhere", true),
            null,
            CancellationToken.None
        )

    Assert.Equal<int list>([ 20000; 0; 1000 ], [ data.Train.Count; data.Valid.Count; data.Test.Count ])
    let n = float data.Train.Count
    let x i d = float data.Train.Values[i * 3 + d]
    // W Wᵀ + diag σ² by hand.
    let s = array2D [ [ 1.41; 1.5; -1.5 ]; [ 1.5; 2.04; -2.5 ]; [ -1.5; -2.5; 4.34 ] ]

    for a in 0..2 do
        for b in 0..2 do
            let sample = Seq.init data.Train.Count (fun i -> x i a * x i b) |> Seq.average
            let error = sqrt ((s[a, a] * s[b, b] + s[a, b] * s[a, b]) / n)
            Assert.InRange(sample - s[a, b], -5.0 * error, 5.0 * error)

    // The inverse of a 3 x 3 matrix by cofactors.
    let cofactor i j =
        let at di dj = s[(i + di) % 3, (j + dj) % 3]
        at 1 1 * at 2 2 - at 1 2 * at 2 1

    let determinant = Seq.sum [ for j in 0..2 -> s[0, j] * cofactor 0 j ]

    for i in 0..99 do
        let quadratic =
            Seq.sum
                [
                    for a in 0..2 do
                        for b in 0..2 -> x i a * x i b * cofactor a b / determinant
                ]

        let logDensity = -0.5 * (quadratic + log determinant + 3.0 * log (2.0 * Math.PI))
        Assert.Equal(logDensity, data.Truth.LogEvidence(ReadOnlySpan(data.Train.Values, 3 * i, 3)), 1e-9)

    // On average it is the entropy's negative: -½ log((2πe)³ det).
    let mean =
        Seq.init data.Train.Count (fun i -> data.Truth.LogEvidence(ReadOnlySpan(data.Train.Values, 3 * i, 3)))
        |> Seq.average

    let entropy = 0.5 * (3.0 * (log (2.0 * Math.PI) + 1.0) + log determinant)
    Assert.InRange(mean + entropy, -5.0 * sqrt (1.5 / n), 5.0 * sqrt (1.5 / n))
