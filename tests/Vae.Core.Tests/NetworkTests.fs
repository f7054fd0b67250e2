/// Networks and the posterior against the same arithmetic, one number at a time.
module Vae.Tests.NetworkTests

open System
open TorchSharp
open Vae.Core
open Vae.Core.Distributions
open Vae.Core.Graphs
open Vae.Core.Models
open Vae.Core.Networks
open Xunit

type Tensor = torch.Tensor

let graph: IGraph<Tensor> = TensorGraph()

let values (t: Tensor) =
    t.detach().contiguous().reshape(-1L).data<float>().ToArray()

let near (expected: float[]) (actual: float[]) =
    Assert.Equal(expected.Length, actual.Length)
    Array.iter2 (fun (e: float) (a: float) -> Assert.Equal(e, a, 8)) expected actual

let activations =
    [
        Activation.Relu, max 0.0
        Activation.Tanh, tanh
        Activation.Elu, (fun v -> if v > 0.0 then v else exp v - 1.0)
        Activation.Softplus, (fun v -> log (1.0 + exp v))
    ]

/// Weights of some size, so that every nonlinearity is felt.
let drawn (m: #torch.nn.Module) =
    Initialisation.Draw(m, 2u)
    use _ = torch.no_grad ()

    for p in m.parameters () do
        p.mul_ (Scalar.op_Implicit 3.0) |> ignore

    ModuleExtensionMethods.``to`` (m, torch.ScalarType.Float64)

/// W a + b by the network's stored parameters.
let affine (m: torch.nn.Module) name (a: float[]) =
    let w, b =
        values (m.get_parameter $"{name}.weight"), values (m.get_parameter $"{name}.bias")

    Array.init b.Length (fun o ->
        b[o]
        + Seq.sum (seq { for i in 0 .. a.Length - 1 -> w[o * a.Length + i] * a[i] }))

let inputs = [| [| 0.5; -1.0; 2.0; 0.0 |]; [| -3.0; 0.25; 1.0; 1.5 |] |]

let tensor () =
    torch.tensor(Array.concat inputs).reshape(2L, 4L)

[<Fact>]
let ``An MLP is its layers in turn, with the activation between them and none after the last`` () =
    for activation, f in activations do
        use _ = torch.NewDisposeScope()
        use net = drawn (new Mlp(4L, [| 5; 3 |], 2L, activation))

        let expected =
            inputs
            |> Array.collect (
                affine net "layers.0"
                >> Array.map f
                >> affine net "layers.1"
                >> Array.map f
                >> affine net "layers.2"
            )

        let actual = net.Forward(graph, tensor ())
        Assert.Equal<int64[]>([| 2L; 2L |], actual.shape)
        near expected (values actual)

[<Fact>]
let ``The posterior's mean is the first half of the encoder's output, its scale a function of the second`` () =
    for scale, f in [ ScaleFunction.Softplus, (fun s -> log (1.0 + exp s)); ScaleFunction.Exp, exp ] do
        use _ = torch.NewDisposeScope()

        use model =
            drawn (
                new VariationalAutoencoder(
                    new Mlp(4L, [||], 6L, Activation.Relu),
                    new Mlp(3L, [||], 4L, Activation.Relu),
                    BernoulliLikelihood(),
                    scale
                )
            )

        let outputs = inputs |> Array.map (affine model "encoder.layers.0")
        let q = model.Posterior(graph, tensor ())
        near (outputs |> Array.collect (Array.take 3)) (values q.Mean)
        near (outputs |> Array.collect (Array.skip 3 >> Array.map f)) (values q.Scale)

[<Fact>]
let ``Decoding gives each pixel's mean, a probability for Bernoulli`` () =
    use _ = torch.NewDisposeScope()

    let decoded (likelihood: Likelihood) =
        use model =
            drawn (
                new VariationalAutoencoder(
                    new Mlp(2L, [||], 8L, Activation.Relu),
                    new Mlp(4L, [||], 2L, Activation.Relu),
                    likelihood,
                    ScaleFunction.Exp
                )
            )

        inputs |> Array.collect (affine model "decoder.layers.0"), values (model.Decode(graph, tensor ()))

    let logits, probabilities = decoded (BernoulliLikelihood())
    near (logits |> Array.map (fun l -> 1.0 / (1.0 + exp -l))) probabilities
    let means, actual = decoded (UnitGaussianLikelihood())
    near means actual
