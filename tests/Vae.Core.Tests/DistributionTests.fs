/// Densities against closed forms, quadrature and Monte Carlo, in float64.
module Vae.Tests.DistributionTests

open System
open TorchSharp
open Vae.Core.Distributions
open Vae.Core.Graphs
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

/// n standard normal numbers per row, [rows, n].
let noise name rows n =
    use examples = torch.arange ((rows: int), dtype = torch.ScalarType.Int64)
    PhiloxTensor.Normal(PhiloxKey(3u, Philox.StreamOf name), 0L, examples, 0L, 1L, n).squeeze(0L).``double``()

let log2Pi = log (2.0 * Math.PI)

let logNormal mean scale x =
    -0.5 * ((x - mean) / scale) ** 2.0 - log scale - 0.5 * log2Pi

let means = [| -3.0; 0.0; 0.5; 20.0 |]
let scales = [| 1e-3; 0.5; 1.0; 7.0 |]

let pairs = Array.allPairs means scales

/// The same distributions as one tensor, [16, 1], so that each row is one of its own.
let table () =
    new Normal<Tensor>(
        torch.tensor(Array.map fst pairs).reshape(-1L, 1L),
        torch.tensor(Array.map snd pairs).reshape(-1L, 1L)
    )

[<Fact>]
let ``The normal's log density is its formula, summed over the last axis`` () =
    let m = [| [| 0.0; 1.0; -2.0 |]; [| 5.0; -1.0; 0.25 |] |]
    let s = [| [| 1.0; 0.1; 3.0 |]; [| 2.0; 0.5; 1e-2 |] |]
    let x = [| [| 0.5; 1.25; 4.0 |]; [| 5.0; 0.0; 0.3 |] |]

    let tensor (rows: float[][]) =
        torch.tensor(Array.concat rows).reshape(2L, 3L)

    let expected =
        [|
            for i in 0..1 -> Seq.sum (seq { for j in 0..2 -> logNormal (m[i][j]) (s[i][j]) (x[i][j]) })
        |]

    near 1e-13 expected (values ((Normal<Tensor>(tensor m, tensor s)).LogDensity(graph, tensor x)))

[<Fact>]
let ``The normal integrates to one`` () =
    use _ = torch.NewDisposeScope()
    let step = 0.01
    // z from -12 to 12 standard deviations, [16, 2401, 1].
    let z =
        torch.arange(-12, 12.005, step, torch.ScalarType.Float64).reshape(1L, -1L, 1L)

    let table = table ()
    let mean, scale = table.Mean.unsqueeze 1L, table.Scale.unsqueeze 1L
    let logP = (Normal<Tensor>(mean, scale)).LogDensity(graph, mean + scale * z)
    let integrals = logP.exp().sum(1L) * step * table.Scale.squeeze 1L
    near 1e-12 (Array.create pairs.Length 1.0) (values integrals)

[<Fact>]
let ``The log density that comes with a sample is the density at the sample`` () =
    use _ = torch.NewDisposeScope()

    for shape in [ [| 7L; 5L; 3L |]; [| 5L; 3L |] ] do
        let e =
            (noise "samples" 105 1L).narrow(0L, 0L, Array.reduce (*) shape).reshape shape

        let q =
            Normal<Tensor>((noise "means" 15 1L).reshape(5L, 3L), (noise "scales" 15 1L).reshape(5L, 3L).exp())

        let struct (z, logQ) = q.Sample(graph, e)
        Assert.Equal<int64[]>(shape, z.shape)
        Assert.Equal<int64[]>(shape[.. shape.Length - 2], logQ.shape)
        near 1e-12 (values (q.LogDensity(graph, z))) (values logQ)

[<Fact>]
let ``Samples have the moments of the distribution`` () =
    use _ = torch.NewDisposeScope()
    let n = 100000.0
    let struct (z, _) = (table ()).Sample(graph, noise "moments" pairs.Length (int64 n))
    let rows = values z |> Array.chunkBySize (int n)

    for (mean, scale), row in Array.zip pairs rows do
        let within variance expected actual =
            Assert.InRange(actual, expected - 5.0 * sqrt (variance / n), expected + 5.0 * sqrt (variance / n))

        let e = row |> Array.map (fun z -> (z - mean) / scale)
        within 1.0 0.0 (Array.average e)
        within 2.0 1.0 (e |> Array.averageBy (fun e -> e ** 2.0))
        within 15.0 0.0 (e |> Array.averageBy (fun e -> e ** 3.0))
        within 96.0 3.0 (e |> Array.averageBy (fun e -> e ** 4.0))

[<Fact>]
let ``The KL to the standard normal is its integral`` () =
    for (mean, scale), kl in Array.zip pairs (values ((table ()).KlToStandard graph)) do
        let step = 0.01

        let integral =
            Seq.sum (
                seq {
                    for i in -1200 .. 1200 do
                        let z = mean + scale * float i * step
                        let logQ = logNormal mean scale z
                        exp logQ * (logQ - logNormal 0.0 1.0 z) * step * scale
                }
            )

        near 1e-10 [| integral |] [| kl |]

[<Fact>]
let ``The KL in several dimensions is the average of log q − log p over samples, within 5 standard errors`` () =
    use _ = torch.NewDisposeScope()
    let n = 20000

    for mean, scale in
        [
            [| 0.0; 0.0 |], [| 1.5; 0.2 |]
            [| 2.0; -1.0 |], [| 1.0; 0.7 |]
            [| 0.1; 0.3 |], [| 0.9; 1.1 |]
        ] do
        let q = Normal<Tensor>(torch.tensor mean, torch.tensor scale)
        let struct (z, logQ) = q.Sample(graph, noise "kl" n 2L)
        let ratio = logQ - graph.StandardNormalLogDensity z
        let error = ratio.std().item<float>() / sqrt (float n)
        let kl = (q.KlToStandard graph).item<float>()
        Assert.InRange(ratio.mean().item<float>(), kl - 5.0 * error, kl + 5.0 * error)

    let standard =
        Normal<Tensor>(
            torch.zeros ([| 4L |], torch.ScalarType.Float64),
            torch.ones ([| 4L |], torch.ScalarType.Float64)
        )

    Assert.Equal(0.0, (standard.KlToStandard graph).item<float>())

/// Every x in {0, 1}^D, [2^D, D].
let corners d =
    torch
        .tensor(
            [|
                for i in 0 .. (1 <<< d) - 1 do
                    for j in 0 .. d - 1 -> float (i >>> j &&& 1)
            |]
        )
        .reshape(-1L, int64 d)

let bernoulli = BernoulliLikelihood()

[<Fact>]
let ``Bernoulli probabilities sum to one over all x, and each is the product of its pixels'`` () =
    use _ = torch.NewDisposeScope()

    for dtype, tolerance in [ torch.ScalarType.Float64, 1e-8; torch.ScalarType.Float32, 1e-5 ] do
        for d in 1..8 do
            let logits = [| for j in 0 .. d - 1 -> 6.0 * sin (float (j * j + d)) |]
            let x = corners d
            let rows = torch.tensor(logits, dtype).expand(x.shape[0], int64 d)
            let p = values (bernoulli.LogDensity(graph, x.``to`` dtype, rows).exp())
            near tolerance [| 1.0 |] [| Array.sum p |]
            let sigmoid l = 1.0 / (1.0 + exp -l)

            let product =
                values x
                |> Array.chunkBySize d
                |> Array.map (
                    Array.map2 (fun l x -> if x = 1.0 then sigmoid l else sigmoid -l) logits
                    >> Array.reduce (*)
                )

            near tolerance product p

[<Fact>]
let ``Extreme logits give finite log-probabilities and gradients, and the right ones`` () =
    use _ = torch.NewDisposeScope()
    let logits = [| 1000.0; 1000.0; -1000.0; -1000.0; 40.0; -40.0; 88.5; -104.0; 0.0 |]
    let x = [| 1.0; 0.0; 1.0; 0.0; 1.0; 0.0; 0.0; 1.0; 1.0 |]

    let expected =
        [|
            0.0
            -1000.0
            -1000.0
            0.0
            -exp -40.0
            -exp -40.0
            -88.5
            -104.0
            -log 2.0
        |]

    let slope = [| 0.0; -1.0; 1.0; 0.0; 0.0; 0.0; -1.0; 1.0; 0.5 |]

    for dtype in [ torch.ScalarType.Float64; torch.ScalarType.Float32 ] do
        let l = torch.tensor(logits, dtype).reshape(-1L, 1L).requires_grad_()
        let logP = bernoulli.LogDensity(graph, torch.tensor(x, dtype).reshape(-1L, 1L), l)
        near 1e-6 expected (values logP)
        logP.sum().backward()
        near 1e-6 slope (values l.grad)

[<Fact>]
let ``The gradient of the Bernoulli log-probability is x − sigmoid(ℓ), its mean is sigmoid(ℓ)`` () =
    use _ = torch.NewDisposeScope()

    for dtype, tolerance in [ torch.ScalarType.Float64, 1e-8; torch.ScalarType.Float32, 1e-6 ] do
        let l = [| for i in -60 .. 60 -> float i / 2.0 |]
        let x = [| for i in -60 .. 60 -> if i % 3 = 0 then 1.0 else 0.0 |]
        let sigmoid l = 1.0 / (1.0 + exp -l)
        let logits = torch.tensor(l, dtype).reshape(1L, -1L).requires_grad_()
        let k = torch.tensor ([| 1.0; -2.0 |], dtype) // two samples, weighted: gradients of a weighted sum
        let stacked = torch.stack ([ logits; logits ])

        (bernoulli.LogDensity(graph, torch.tensor(x, dtype).reshape(1L, -1L), stacked).squeeze 1L
         * k)
            .sum()
            .backward()

        near tolerance (Array.map2 (fun x l -> -(x - sigmoid l)) x l) (values logits.grad)
        near tolerance (Array.map sigmoid l) (values (bernoulli.Mean(graph, logits)))

[<Fact>]
let ``The unit Gaussian is the normal of scale one around the decoder's output, and integrates to one`` () =
    use _ = torch.NewDisposeScope()
    let likelihood = UnitGaussianLikelihood()
    let step = 0.05
    let axis = torch.arange (-12, 12.025, step, torch.ScalarType.Float64)
    let n = axis.shape[0]

    let plane =
        torch.stack([ axis.reshape(-1L, 1L).expand(n, n); axis.expand (n, n) ], 2L).reshape(-1L, 2L)

    let mean = torch.tensor [| 0.75; -1.5 |]
    let logP = likelihood.LogDensity(graph, plane, mean)
    Assert.Equal<int64[]>([| n * n |], logP.shape)
    near 1e-12 [| 1.0 |] [| logP.exp().sum().item<float>() * step * step |]
    let some = (values plane).[2000..2019]

    let expected =
        some
        |> Array.chunkBySize 2
        |> Array.map (fun x -> logNormal 0.75 1.0 (x[0]) + logNormal -1.5 1.0 (x[1]))

    near 1e-13 expected (values logP).[1000..1009]
    Assert.Same(mean, likelihood.Mean(graph, mean))
    Assert.Equal(1, likelihood.ParametersPerDimension)
