/// Data drawn from p(x | z): its mean is E[x | z], and its spread what the density says.
module Vae.Tests.SimulationTests

open TorchSharp
open Vae.Core.Distributions
open Vae.Core.Graphs
open Vae.Primitives
open Vae.Torch
open Xunit

type Tensor = torch.Tensor

let key name = PhiloxKey(6u, Philox.StreamOf name)
let n = 200000

/// Parameters of one dimension, repeated n times, and the samples made of them.
let draw (likelihood: Likelihood) (parameters: float list) =
    let ids = torch.arange (n, dtype = torch.ScalarType.Int64)

    let p =
        torch.tensor(List.toArray (List.map float32 parameters)).unsqueeze(0L).expand(int64 n, -1L)

    let noise =
        PhiloxTensor.Normal(key "noise", 0L, ids, 0L, 1L, int64 likelihood.NoisePerDimension).squeeze 0L

    likelihood.Sample(p, noise).``double``(), likelihood.Mean(TensorGraph(), p).``double``()

let near (tolerance: float) (expected: float) (actual: float) =
    Assert.InRange(actual, expected - tolerance, expected + tolerance)

/// E[x] and E[x²] by the density itself, summed over a grid on which it integrates to one.
let moments (likelihood: Likelihood) (parameters: float list) (grid: float[]) =
    let x = torch.tensor(Array.map float32 grid).view(-1L, 1L)

    let p =
        torch.tensor(List.toArray (List.map float32 parameters)).unsqueeze(0L).expand(int64 grid.Length, -1L)

    let density =
        likelihood.LogDensity(TensorGraph(), x, p).``double``().exp().data<float>().ToArray()

    let total = Array.sum density

    Array.fold2 (fun sum d x -> sum + d * x) 0.0 density grid / total,
    Array.fold2 (fun sum d x -> sum + d * x * x) 0.0 density grid / total

let cases: (string * Likelihood * float list * float[]) list =
    let unit = [| for i in 0..10000 -> (float i + 0.5) / 10001.0 |]
    let line = [| for i in -20000 .. 20000 -> float i / 1000.0 |]
    let levels = [| for i in 0..255 -> float i / 255.0 |]

    [
        for l in [ -3.0; 0.0; 1.5 ] do
            "Bernoulli", BernoulliLikelihood(), [ l ], [| 0.0; 1.0 |]

        for l in [ -20.0; -2.0; -1e-4; 0.0; 0.01; 3.0; 40.0 ] do
            "continuous Bernoulli", ContinuousBernoulliLikelihood(), [ l ], unit

        "unit Gaussian", UnitGaussianLikelihood(), [ 1.5 ], line
        "Gaussian", GaussianLikelihood(1L, 0.1), [ -0.5; -1.0 ], line
        "discretised logistic", DiscretisedLogisticLikelihood(1L, 1), [ 0.0; 0.3; -2.0 ], levels
        "discretised logistic",
        DiscretisedLogisticLikelihood(1L, 3),
        [ 0.5; 0.0; -1.0; -0.8; 0.3; 0.9; -3.0; -2.0; -1.0 ],
        levels
    ]

[<Fact>]
let ``Samples have the first two moments of the density`` () =
    use _ = torch.NewDisposeScope()

    for name, likelihood, parameters, grid in cases do
        let x, _ = draw likelihood parameters
        let first, second = moments likelihood parameters grid
        let spread = x.std().item<float>() / sqrt (float n)
        let spread2 = (x * x).std().item<float>() / sqrt (float n)
        let slack = 1e-4 // of the grid

        Assert.True(
            abs (x.mean().item<float>() - first) < 4.5 * spread + slack,
            $"{name} {parameters}: E[x] {x.mean().item<float>()}, {first}"
        )

        near (4.5 * spread2 + slack) second ((x * x).mean().item<float>())
