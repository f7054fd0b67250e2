/// One table of likelihoods, held to the laws that every likelihood must keep, in float64.
module Vae.Tests.DistributionLikelihoodTests

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
    t.detach().``double``().contiguous().reshape(-1L).data<float>().ToArray()

let near tolerance (expected: float[]) (actual: float[]) =
    Assert.Equal(expected.Length, actual.Length)

    for e, a in Array.zip expected actual do
        Assert.InRange(a, e - tolerance * (1.0 + abs e), e + tolerance * (1.0 + abs e))

/// Standard normal numbers of a stream, [rows, columns], in float64.
let normal stream (rows: int64) (columns: int64) =
    let examples =
        torch.arange (Scalar.op_Implicit rows, dtype = torch.ScalarType.Int64)

    PhiloxTensor.Normal(PhiloxKey(5u, stream), 0L, examples, 0L, 1L, columns).squeeze(0L).``double``()

/// Where x lives: nodes and weights that sum, or integrate to many digits.
type Support =
    | Bits
    | Levels
    | Unit
    | Line

let nodes support =
    match support with
    | Bits -> [| 0.0, 1.0; 1.0, 1.0 |]
    | Levels -> [| for k in 0..255 -> float k / 255.0, 1.0 |]
    | Unit -> // Simpson
        let n = 4000

        [|
            for i in 0..n ->
                let weight =
                    if i = 0 || i = n then 1.0
                    elif i % 2 = 1 then 4.0
                    else 2.0

                float i / float n, weight / float (3 * n)
        |]
    | Line -> [| for i in -7500 .. 7500 -> float i * 0.02, 0.02 |]

/// The likelihoods; each is made for a number of dimensions. The last number: how far the mean may be off.
let likelihoods: (string * Support * (int64 -> Likelihood) * float) list =
    [
        "bernoulli", Bits, (fun _ -> BernoulliLikelihood()), 1e-8
        "continuous bernoulli", Unit, (fun _ -> ContinuousBernoulliLikelihood()), 1e-10
        "gaussian", Line, (fun d -> GaussianLikelihood(d, 0.0)), 1e-10
        "gaussian with a floor", Line, (fun d -> GaussianLikelihood(d, 0.3)), 1e-10
        "unit gaussian", Line, (fun _ -> UnitGaussianLikelihood()), 1e-10
        "one logistic", Levels, (fun d -> DiscretisedLogisticLikelihood(d, 1)), 0.5 / 255.0 + 1e-8
        "five logistics", Levels, (fun d -> DiscretisedLogisticLikelihood(d, 5)), 0.5 / 255.0 + 1e-8
    ]

/// 24 rows of parameters for d dimensions, N(0, 2²).
let parameters (likelihood: Likelihood) d =
    (normal 1u 24L (d * int64 likelihood.ParametersPerDimension)).mul(Scalar.op_Implicit 2.0)

/// log p of every node (rows) under every row of parameters (columns), one dimension.
let logPOfNodes (likelihood: Likelihood) (support: (float * float)[]) (rows: Tensor) =
    let x = torch.tensor(Array.map fst support).reshape(-1L, 1L, 1L)
    likelihood.LogDensity(graph, x, rows.unsqueeze 0L)

[<Fact>]
let ``Probabilities sum, and densities integrate, to one`` () =
    for name, support, make, _ in likelihoods do
        use _ = torch.NewDisposeScope()
        let likelihood = make 1L
        let points = nodes support
        let logP = logPOfNodes likelihood points (parameters likelihood 1L)
        let weights = torch.tensor(Array.map snd points).reshape(-1L, 1L)
        let integrals = values ((logP.exp () * weights).sum(0L))
        Assert.All(integrals, fun one -> Assert.True(abs (one - 1.0) < 1e-7, $"{name}: {one}"))

[<Fact>]
let ``The mean is the sum, or the integral, of x p(x)`` () =
    for name, support, make, tolerance in likelihoods do
        use _ = torch.NewDisposeScope()
        let likelihood = make 1L
        let points = nodes support
        let rows = parameters likelihood 1L
        let logP = logPOfNodes likelihood points rows

        let weighted =
            torch.tensor(points |> Array.map (fun (x, w) -> x * w)).reshape(-1L, 1L)

        let expected = values ((logP.exp () * weighted).sum(0L))
        let actual = values (likelihood.Mean(graph, rows))

        for e, a in Array.zip expected actual do
            Assert.True(abs (e - a) < tolerance, $"{name}: {a}, not {e}")

/// x of a likelihood's support, [rows, d].
let some support (rows: int64) d =
    let z = normal 2u rows d

    match support with
    | Bits -> graph.Step z
    | Unit -> z.sigmoid ()
    | Line -> z
    | Levels ->
        let x =
            (z.mul(Scalar.op_Implicit 2.0).sigmoid().mul(Scalar.op_Implicit 257.0).sub(Scalar.op_Implicit 1.0))

        x.floor().clamp(Scalar.op_Implicit 0.0, Scalar.op_Implicit 255.0).div(Scalar.op_Implicit 255.0)

/// The parameters of dimension j lie at j, D + j, 2 D + j, ...
[<Fact>]
let ``Dimensions are independent, and samples and examples are as if alone`` () =
    for name, support, make, _ in likelihoods do
        use _ = torch.NewDisposeScope()
        let d = 3L
        let likelihood, one = make d, make 1L
        let x = some support 4L d
        let rows = (parameters likelihood d).reshape(6L, 4L, -1L)
        let joint = likelihood.LogDensity(graph, x, rows)
        Assert.Equal<int64[]>([| 6L; 4L |], joint.shape)
        Assert.Equal<int64[]>([| 6L; 4L; d |], likelihood.Mean(graph, rows).shape)

        let alone =
            [
                for j in 0L .. d - 1L ->
                    let own =
                        torch.cat (
                            [|
                                for p in 0L .. int64 likelihood.ParametersPerDimension - 1L ->
                                    rows.narrow (-1L, p * d + j, 1L)
                            |],
                            -1L
                        )

                    one.LogDensity(graph, x.narrow (-1L, j, 1L), own)
            ]
            |> List.reduce (fun a b -> a + b)

        Assert.True((joint - alone).abs().max().item<float>() < 1e-11, name)

[<Fact>]
let ``The gradient is the slope by finite differences`` () =
    for name, support, make, _ in likelihoods do
        use _ = torch.NewDisposeScope()
        let likelihood = make 2L
        let x = some support 24L 2L
        let start = parameters likelihood 2L
        let rows = start.clone().requires_grad_()
        likelihood.LogDensity(graph, x, rows).sum().backward()
        let h = 1e-5

        for column in 0L .. start.shape[1] - 1L do
            let at (sign: float) =
                let moved = start.clone ()
                moved.narrow(1L, column, 1L).add_(Scalar.op_Implicit (sign * h)) |> ignore
                likelihood.LogDensity(graph, x, moved)

            let slopes = values ((at 1.0 - at -1.0).div(Scalar.op_Implicit (2.0 * h)))

            for e, a in Array.zip slopes (values (rows.grad.narrow (1L, column, 1L))) do
                Assert.True(abs (e - a) < 1e-6 * (1.0 + abs e), $"{name}: {a}, not {e}")

[<Fact>]
let ``In float32 the numbers are those of float64, to float32's precision`` () =
    for name, support, make, _ in likelihoods do
        use _ = torch.NewDisposeScope()
        let likelihood = make 1L
        let x = some support 24L 1L
        let rows = parameters likelihood 1L

        for f in
            [
                fun (x: Tensor) (rows: Tensor) -> likelihood.LogDensity(graph, x, rows)
                fun _ rows -> likelihood.Mean(graph, rows)
            ] do
            let exact = values (f x rows)
            let single = values (f (x.``float`` ()) (rows.``float`` ()))

            for e, a in Array.zip exact single do
                Assert.True(abs (e - a) < 2e-5 * (1.0 + abs e), $"{name}: {a}, not {e}")

[<Fact>]
let ``Extreme parameters give finite numbers and gradients, in float32 too`` () =
    for name, support, make, _ in likelihoods do
        for dtype in [ torch.ScalarType.Float32; torch.ScalarType.Float64 ] do
            use _ = torch.NewDisposeScope()
            let likelihood = make 1L
            let count = likelihood.ParametersPerDimension
            let extremes = [| -60.0; -1.0; -1e-30; 0.0; 0.5; -0.5; 3e-5; 60.0 |]
            // Every parameter at every extreme, the others at 1.
            let table =
                [|
                    for p in 0 .. count - 1 do
                        for e in extremes do
                            for q in 0 .. count - 1 -> if p = q then e else 1.0
                |]

            let rows = torch.tensor(table, dtype).reshape(1L, -1L, int64 count).requires_grad_()

            let x =
                (match support with
                 | Bits -> torch.tensor [| 0.0; 1.0 |]
                 | Line -> torch.tensor [| 0.0; 2.0 |]
                 | Unit
                 | Levels -> torch.tensor [| 0.0; 1.0 / 255.0; 0.2; 254.0 / 255.0; 1.0 |])
                    .reshape(-1L, 1L, 1L)
                    .``to``
                    dtype

            let logP = likelihood.LogDensity(graph, x, rows)
            logP.sum().backward()
            Assert.True(logP.isfinite().all().item<bool>(), name)
            Assert.True(rows.grad.isfinite().all().item<bool>(), name)
            Assert.True(likelihood.Mean(graph, rows).isfinite().all().item<bool>(), name)

/// ∫₀¹ f(t) dt by Simpson's rule.
let integral (f: float -> float) =
    nodes Unit |> Array.sumBy (fun (t, w) -> w * f t)

[<Fact>]
let ``The continuous Bernoulli's normaliser and its slope are their integrals, on both sides of the series' border``
    ()
    =
    use _ = torch.NewDisposeScope()

    let x =
        [|
            for magnitude in [ 0.0; 1e-9; 1e-4; 0.1; 0.3; 0.499999; 0.5; 0.500001; 0.7; 3.0; 20.0; 60.0 ] do
                magnitude
                -magnitude
        |]

    let weight x t = exp (x * (t - 0.5))
    let normaliser = x |> Array.map (fun x -> log (integral (weight x)))

    let slope =
        x
        |> Array.map (fun x -> integral (fun t -> (t - 0.5) * weight x t) / integral (weight x))

    let t = torch.tensor(x).requires_grad_()
    let actual = graph.LogSinhc t
    actual.sum().backward()

    for i in 0 .. x.Length - 1 do
        Assert.InRange((values actual)[i] - normaliser[i], -1e-9, 1e-9)
        Assert.InRange((values (graph.LogSinhcSlope t))[i] - slope[i], -1e-9, 1e-9)
        Assert.InRange((values t.grad)[i] - slope[i], -1e-9, 1e-9)

    // Near 0 the leading term is exact to many digits, where a quadrature has none: x²/24 and x/12.
    for tiny in [ 1e-12; 1e-6; 1e-3 ] do
        let t = torch.tensor [| tiny |]
        Assert.InRange((graph.LogSinhc t).item<float>() / (tiny * tiny / 24.0), 1.0 - 1e-7, 1.0 + 1e-7)
        Assert.InRange((graph.LogSinhcSlope t).item<float>() / (tiny / 12.0), 1.0 - 1e-7, 1.0 + 1e-7)

let logNormal mean variance x =
    -0.5 * ((x - mean) ** 2.0 / variance + log (2.0 * Math.PI * variance))

[<Fact>]
let ``The Gaussian's variance is exp(s) above the square of its floor`` () =
    use _ = torch.NewDisposeScope()

    for floor in [ 0.0; 1e-3; 0.5 ] do
        for s in [ -30.0; -2.0; 0.0; 3.0 ] do
            let logP =
                GaussianLikelihood(1L, floor).LogDensity(graph, torch.tensor ([| 0.7 |]), torch.tensor [| 0.7001; s |])

            let expected = logNormal 0.7001 (exp s + floor * floor) 0.7
            near 1e-7 [| expected |] (values logP)

[<Fact>]
let ``Without its constants a Gaussian is more by ½ log 2π a dimension`` () =
    use _ = torch.NewDisposeScope()
    let x = normal 4u 5L 3L

    for full, bare in
        [
            UnitGaussianLikelihood() :> Likelihood, UnitGaussianLikelihood(false) :> Likelihood
            GaussianLikelihood(3L, 0.1), GaussianLikelihood(3L, 0.1, false)
        ] do
        let rows = normal 5u 5L (3L * int64 full.ParametersPerDimension)
        let more = bare.LogDensity(graph, x, rows) - full.LogDensity(graph, x, rows)
        near 1e-12 (Array.create 5 (1.5 * log (2.0 * Math.PI))) (values more)

[<Fact>]
let ``The discretised logistic is the difference of two sigmoids, open at both ends`` () =
    use _ = torch.NewDisposeScope()
    let sigmoid x = 1.0 / (1.0 + exp -x)
    let logits, means, logScales = [| 0.3; -1.0 |], [| -0.2; 0.9 |], [| -1.0; -3.0 |]
    let total = logits |> Array.sumBy exp

    for k in [ 0; 1; 100; 254; 255 ] do
        let v = 2.0 * float k / 255.0 - 1.0

        let expected =
            Seq.sum (
                seq {
                    for j in 0..1 do
                        let cdf t =
                            sigmoid ((t - means[j]) / exp logScales[j])

                        let upper = if k = 255 then 1.0 else cdf (v + 1.0 / 255.0)
                        let lower = if k = 0 then 0.0 else cdf (v - 1.0 / 255.0)
                        exp logits[j] / total * (upper - lower)
                }
            )

        let logP =
            DiscretisedLogisticLikelihood(1L, 2)
                .LogDensity(
                    graph,
                    torch.tensor [| float k / 255.0 |],
                    torch.tensor (Array.concat [ logits; means; logScales ])
                )

        near 1e-8 [| log expected |] (values logP)

[<Fact>]
let ``A narrow logistic far away is as unlikely as it is, not cut off`` () =
    use _ = torch.NewDisposeScope()
    // Scale e⁻⁷, from 1 to the bin around −1 + 2/255: log P = −(distance to the bin's upper edge)/s + log(1 − e^−δ).
    let s = exp -7.0
    let expected = -(2.0 - 3.0 / 255.0) / s + log (1.0 - exp (-2.0 / 255.0 / s))

    for logScale in [ -7.0; -8.0; -100.0 ] do // below −7 it's −7
        let logP =
            DiscretisedLogisticLikelihood(1L, 1)
                .LogDensity(graph, torch.tensor [| 1.0 / 255.0 |], torch.tensor [| 0.0; 1.0; logScale |])

        near 1e-9 [| expected |] (values logP)

[<Fact>]
let ``A mixture's improbable components take nothing from the probable one's digits, in either order`` () =
    use _ = torch.NewDisposeScope()
    // One narrow and far away, which begins with −10⁵ nats; one near by.
    let far, close = (0.3, -200.0, -7.0), (0.1, 0.55, -2.0)

    let logP (first, second) (kind: torch.ScalarType) =
        let (a, b, c), (d, e, f) = first, second

        let x =
            torch.tensor([| for k in 0..99 -> float (150 + k) / 255.0 |]: float[]).``to``(kind).reshape(-1L, 1L)

        let parameters = torch.tensor([| a; d; b; e; c; f |]: float[]).``to`` kind
        values (DiscretisedLogisticLikelihood(1L, 2).LogDensity(graph, x, parameters.unsqueeze 0L))

    let expected = logP (far, close) torch.ScalarType.Float64

    for order in [ far, close; close, far ] do
        near 1e-12 expected (logP order torch.ScalarType.Float64)
        near 2e-6 expected (logP order torch.ScalarType.Float32)

[<Fact>]
let ``Every likelihood can be described: one number comes out, and a picture's worth of means`` () =
    for name, _, make, _ in likelihoods do
        let likelihood = make 7L
        use empty = torch.nn.Identity()
        let g = DescribingGraph empty
        let parameters = Described.Vector(7L * int64 likelihood.ParametersPerDimension)
        Assert.Empty(likelihood.LogDensity(g, Described.Vector 7L, parameters).Shape)
        Assert.Equal<int64 seq>([ 7L ], likelihood.Mean(g, parameters).Shape)
