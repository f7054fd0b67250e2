/// The bootstrapped Monte-Carlo error, against how estimates really vary.
module Vae.Tests.WeightBootstrapTests

open TorchSharp
open Vae.Core.Estimators
open Vae.Core.Models
open Vae.Primitives
open Vae.Torch
open Xunit

let key name = PhiloxKey(4u, Philox.StreamOf name)

let ids (n: int) =
    torch.arange (n, dtype = torch.ScalarType.Int64)

let deviation (values: float[]) =
    let m = Array.average values
    sqrt ((values |> Array.sumBy (fun v -> (v - m) ** 2.0)) / float (values.Length - 1))

/// 2000 examples with the same law: their estimates' own spread is the truth.
[<Fact>]
let ``The error is the standard deviation of estimates made again, within a tenth`` () =
    use _ = torch.NewDisposeScope()
    use bootstrap = new WeightBootstrap(key "bootstrap")

    for spread in [ 0.1; 0.5; 1.0 ] do
        let logW =
            PhiloxTensor.Normal(key "weights", 0L, ids 2000, 0L, 100L, 1L).squeeze(-1L)
            * spread
            - 500.0

        for estimate in EvidenceEstimate.Of(logW, bootstrap) |> Seq.filter (fun e -> e.Samples > 1L) do
            let truth = estimate.Weights |> Seq.map _.LogLikelihood |> Seq.toArray |> deviation
            let stated = sqrt (estimate.Errors |> Seq.averageBy (fun e -> e * e))
            let tolerance = if estimate.Samples = 10L then 0.15 else 0.1
            Assert.InRange(stated / truth, 1.0 - tolerance, 1.0 + tolerance)

[<Fact>]
let ``Each count is Poisson(1): mean and variance 1, none in 37 of a hundred`` () =
    use _ = torch.NewDisposeScope()
    use bootstrap = new WeightBootstrap(key "bootstrap")
    let counts = bootstrap.Counts(0L, 1000L, torch.CPU)
    Assert.Equal<int64[]>([| 200L; 1000L |], counts.shape)
    Assert.InRange(counts.mean().item<float>(), 0.99, 1.01)
    Assert.InRange(counts.var().item<float>(), 0.98, 1.02)
    Assert.InRange(counts.lt(Scalar.op_Implicit 0.5).``double``().mean().item<float>(), 0.363, 0.373)

let model =
    lazy (new LinearGaussian(array2D [ [ 1.0 ]; [ 0.5 ] ], [| 0.0; 0.1 |], 0.5, 1.3))

/// Pieces of any size, of examples and of samples, give what all weights at once give.
[<Fact>]
let ``Estimates don't depend on the pieces in which their weights come, and have a row for 1, 10 and 100 samples`` () =
    use _ = torch.NewDisposeScope()
    let x = PhiloxTensor.Normal(key "x", 0L, ids 7, 0L, 1L, 2L).squeeze 0L

    let estimate (rows: int64) =
        use bootstrap = new WeightBootstrap(key "bootstrap")
        ImportanceSampling(model.Value, key "noise", rows).Estimate(x, ids 7, 250L, bootstrap)

    let whole = estimate 10000L
    Assert.Equal<int64 list>([ 1L; 10L; 100L; 250L ], [ for e in whole -> e.Samples ])

    Assert.Equal<WeightSummary[]>(
        ImportanceSampling(model.Value, key "noise").Run(x, ids 7, 250L),
        Seq.toArray (Seq.last whole).Weights
    )

    for rows in [ 1L; 16L; 300L; 600L ] do
        for a, b in Seq.zip whole (estimate rows) do
            Assert.Equal(a.Samples, b.Samples)

            for u, v in Seq.zip a.Weights b.Weights do
                Assert.Equal(u.LogLikelihood, v.LogLikelihood, 5)

            for u, v in Seq.zip a.Errors b.Errors do
                Assert.Equal(u, v, 5)

    Assert.All((Seq.head whole).Errors, fun e -> Assert.True(System.Double.IsNaN e))

[<Fact>]
let ``A weight beside which all others vanish has a huge error, not an infinite one`` () =
    use _ = torch.NewDisposeScope()
    use bootstrap = new WeightBootstrap(key "bootstrap")
    let logW = torch.tensor([| 0.0; -2000.0; -3000.0; -2500.0 |]).view(4L, 1L)
    let last = Seq.last (EvidenceEstimate.Of(logW, bootstrap))
    Assert.InRange(last.Errors[0], 10.0, 1e3)
