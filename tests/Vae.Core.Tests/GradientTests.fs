/// Gradients of every objective against central finite differences, in float64.
module Vae.Tests.GradientTests

open System
open TorchSharp
open TorchSharp.Modules
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

/// 3 pixels, 2 latent dimensions, one hidden layer of 4 on either side: 63 numbers in 8 parameters.
let tiny activation (likelihood: Likelihood) scale =
    let model =
        new VariationalAutoencoder(
            new Mlp(3L, [| 4 |], 4L, activation),
            new Mlp(2L, [| 4 |], 3L, activation),
            likelihood,
            scale
        )

    Initialisation.Draw(model, 5u)
    ModuleExtensionMethods.``to`` (model, torch.ScalarType.Float64)

let models: (string * (unit -> VariationalAutoencoder)) list =
    [
        "tanh, bernoulli, softplus", (fun () -> tiny Activation.Tanh (BernoulliLikelihood()) ScaleFunction.Softplus)
        "elu, unit-gaussian, exp", (fun () -> tiny Activation.Elu (UnitGaussianLikelihood()) ScaleFunction.Exp)
        "softplus, bernoulli, exp", (fun () -> tiny Activation.Softplus (BernoulliLikelihood()) ScaleFunction.Exp)
        "relu, unit-gaussian, softplus",
        (fun () -> tiny Activation.Relu (UnitGaussianLikelihood()) ScaleFunction.Softplus)
    ]

let objectives: (string * Objective) list =
    [
        "elbo, monte-carlo", Elbo(3, false, Reduction.Mean)
        "elbo, closed-form", Elbo(3, true, Reduction.Sum)
        "iwae", Iwae(3, Reduction.Sum)
        "elbo, free bits, closed-form", Elbo(3, true, Reduction.Sum, 0.01)
        "elbo, free bits, monte-carlo", Elbo(3, false, Reduction.Sum, 0.01)
    ]

let x () =
    torch.tensor([| 1.0; 0.0; 1.0; 0.0; 0.0; 1.0 |]).reshape(2L, 3L)

let noise () =
    PhiloxTensor
        .Normal(PhiloxKey(9u, 1u), 0L, torch.arange (2, dtype = torch.ScalarType.Int64), 0L, 3L, 2L)
        .``double``()

let loss (objective: Objective) (model: VariationalAutoencoder) =
    objective.Loss(objective.Bound(model.Terms(graph, x (), noise ())))

/// (f(θ + h) − f(θ − h)) / 2h for each number of a parameter; the error is of the order of h² = 1e-10.
let differences (f: unit -> float) (p: Parameter) =
    use _ = torch.no_grad ()
    let h = 1e-5
    let numbers = p.view -1L

    [|
        for i in 0L .. p.numel () - 1L do
            let number = numbers.narrow (0L, i, 1L)

            let moved (by: float) =
                number.add_ (Scalar.op_Implicit by) |> ignore
                let value = f ()
                number.sub_ (Scalar.op_Implicit by) |> ignore
                value

            (moved h - moved -h) / (2.0 * h)
    |]

[<Fact>]
let ``Every gradient is the slope of the loss, for every objective, activation, likelihood and scale`` () =
    for modelName, make in models do
        for objectiveName, objective in objectives do
            use _ = torch.NewDisposeScope()
            use model = make ()
            (loss objective model).backward()

            for struct (name, p) in model.named_parameters () do
                let analytic = p.grad.reshape(-1L).data<float>().ToArray()

                let numeric =
                    differences
                        (fun () ->
                            use _ = torch.NewDisposeScope()
                            (loss objective model).item<float>())
                        p

                for a, n in Array.zip analytic numeric do
                    let off = abs (a - n)

                    Assert.True(
                        off < 1e-7 * (1.0 + abs n),
                        $"{modelName}; {objectiveName}; {name}: {a}, but the slope is {n}"
                    )

[<Fact>]
let ``Every parameter gets a gradient, from every objective`` () =
    for _, make in models do
        for _, objective in objectives do
            use _ = torch.NewDisposeScope()
            use model = make ()
            (loss objective model).backward()
            Assert.Equal(8, model.parameters () |> Seq.length)

            for struct (name, p) in model.named_parameters () do
                Assert.False(isNull p.grad, name)
                Assert.Equal<int64[]>(p.shape, p.grad.shape)
                Assert.True(p.grad.abs().sum().item<float>() > 0.0, name)

[<Fact>]
let ``Measuring without gradients leaves none`` () =
    use _ = torch.NewDisposeScope()
    use model = (snd models[0]) ()
    use _ = torch.no_grad ()
    Assert.False((loss (snd objectives[0]) model).requires_grad)
    Assert.All(model.parameters (), fun p -> Assert.Null p.grad)
