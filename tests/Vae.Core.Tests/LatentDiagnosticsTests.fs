/// What diagnostics say of models whose truth is known.
module Vae.Tests.LatentDiagnosticsTests

open System
open TorchSharp
open Vae.Core.Estimators
open Vae.Core.Models
open Vae.Primitives
open Vae.Torch
open Xunit

let key name = PhiloxKey(8u, Philox.StreamOf name)

let ids (n: int) =
    torch.arange (n, dtype = torch.ScalarType.Int64)

let close (tolerance: float) (expected: float) (actual: float) =
    Assert.InRange(actual, expected - tolerance, expected + tolerance)

/// z = a ⊙ m + s ⊙ noise with m ~ N(0, I): Var E[z | x] = a², though the samples' own means vary by a² + s² / K.
[<Fact>]
let ``Active units are found from few samples, whatever the posterior's width`` () =
    use _ = torch.NewDisposeScope()
    let a = torch.tensor [| 1.0f; 0.3f; 0.0f |]
    let s = torch.tensor [| 0.2f; 1.0f; 1.0f |]
    let units = ActiveUnits()

    for batch in 0..3 do
        let rows =
            torch.arange (2500 * batch, 2500 * (batch + 1), 1, torch.ScalarType.Int64)

        let m = PhiloxTensor.Normal(key "m", 0L, rows, 0L, 1L, 3L)
        units.Add(m * a + PhiloxTensor.Normal(key "noise", 0L, rows, 0L, 4L, 3L) * s)

    close 0.05 1.0 units.Variances[0]
    close 0.02 0.09 units.Variances[1]
    close 0.01 0.0 units.Variances[2]
    // Of the means themselves it's their variance.
    let known = ActiveUnits()
    known.AddMeans(torch.tensor ([| 1.0; 0.0; 3.0; 0.0 |], [| 2L; 2L |]))
    known.AddMeans(torch.tensor ([| 2.0; 0.0 |], [| 1L; 2L |]))
    close 1e-12 1.0 known.Variances[0]
    close 1e-12 0.0 known.Variances[1]

let w = array2D [ [ 1.0; 0.2 ]; [ -0.5; 0.8 ]; [ 0.3; 0.4 ] ]

/// ½ log det(I + WᵀW / σ²).
let information sigma =
    let g i j =
        (Seq.sum (seq { for d in 0..2 -> w[d, i] * w[d, j] })) / (sigma * sigma)

    0.5 * log ((1.0 + g 0 0) * (1.0 + g 1 1) - g 0 1 ** 2.0)

[<Fact>]
let ``With the exact posterior of the model's own data, I(x; z) is the channel's and the aggregate is the prior`` () =
    use _ = torch.NewDisposeScope()

    for sigma in [ 0.7; 1.5 ] do
        use model = new LinearGaussian(w, [| 0.1; 0.0; -0.2 |], sigma)
        let n = ids 2000
        let data = Simulation.Of(model, key "data", n)
        let found = AggregatePosterior.Of(model, data.X, n, key "z")
        close 0.08 (information sigma) found.MutualInformation
        close 0.08 0.0 found.MarginalKl

/// A posterior s times too wide is off by ½ (s² − 1) − log s in one dimension; the best normal is exact, so nothing is left to the family.
[<Fact>]
let ``The best posterior of each example is found, and the gap is the encoder's`` () =
    use _ = torch.NewDisposeScope()
    let s = 1.8
    use model = new LinearGaussian(array2D [ [ 1.0 ]; [ 0.5 ] ], [| 0.1; 0.0 |], 0.8, s)
    let n = ids 20
    let data = Simulation.Of(model, key "data", n)

    let exact =
        data.X.data<float32>().ToArray()
        |> Array.chunkBySize 2
        |> Array.averageBy (fun x -> model.LogEvidence(ReadOnlySpan x))

    let best = LocalPosterior(model, key "best").LogWeights(data.X, n, 300, 200L)
    Assert.Equal<int64[]>([| 200L; 20L |], best.shape)
    close 0.01 exact (best.mean().item<float32>() |> float)

    let amortised =
        ImportanceSampling(model, key "noise").Run(data.X, n, 2000L)
        |> Array.averageBy _.Elbo

    close 0.02 (0.5 * (s * s - 1.0) - log s) (float (best.mean().item<float32>()) - amortised)

/// With two correlated dimensions q is no normal with independent ones.
[<Fact>]
let ``Where q is another kind of distribution, no best one is sought`` () =
    use _ = torch.NewDisposeScope()
    use model = new LinearGaussian(w, [| 0.1; 0.0; -0.2 |], 0.7)
    let n = ids 5
    let data = Simulation.Of(model, key "data", n)
    Assert.Null(LocalPosterior(model, key "best").LogWeights(data.X, n, 10, 10L))
