/// The doubly reparametrised gradient: the importance-weighted bound's own, with less noise in the encoder's.
module Vae.Tests.DregTests

open System
open TorchSharp
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

let values (t: Tensor) =
    t.detach().reshape([| -1L |]).data<float>().ToArray()

/// 3 pixels, 2 latent dimensions, a posterior that isn't the true one.
let model () =
    let model =
        new VariationalAutoencoder(
            new Mlp(3L, [| 4 |], 4L, Activation.Tanh),
            new Mlp(2L, [| 4 |], 3L, Activation.Tanh),
            BernoulliLikelihood(),
            ScaleFunction.Softplus
        )

    Initialisation.Draw(model, 5u)

    do
        use _ = torch.no_grad ()

        for p in model.parameters () do
            p.mul_ (Scalar.op_Implicit 2.5) |> ignore

    ModuleExtensionMethods.``to`` (model, torch.ScalarType.Float64)

let two = [| 1.0; 0.0; 1.0; 0.0; 0.0; 1.0 |]

/// The gradient of the loss of so many copies of two images, each with noise of its own: (encoder's numbers, decoder's numbers).
let gradient (model: VariationalAutoencoder) (objective: Objective) (copies: int) (draw: int) =
    use _ = torch.NewDisposeScope()
    let count = 2 * copies
    let rows = int64 count

    let x = torch.tensor(Array.concat (Array.replicate copies two)).reshape(rows, 3L)

    let examples = torch.arange (count, dtype = torch.ScalarType.Int64)

    let noise =
        PhiloxTensor.Normal(PhiloxKey(9u, 1u), int64 draw, examples, 0L, int64 objective.Samples, 2L).``double``()

    model.zero_grad ()
    let terms = objective.Terms(model, x, noise)
    objective.Backward(objective.Loss(objective.Bound terms), terms)

    let part (name: string) =
        [|
            for struct (parameter, p) in model.named_parameters () do
                if parameter.StartsWith name then
                    yield! values p.grad
        |]

    part "encoder", part "decoder"

[<Fact>]
let ``The bound is the importance-weighted one, and so is the decoder's gradient, sample for sample`` () =
    use _ = torch.NewDisposeScope()
    use model = model ()
    let x = torch.tensor(two).reshape(2L, 3L)
    let examples = torch.arange (2, dtype = torch.ScalarType.Int64)

    let noise =
        PhiloxTensor.Normal(PhiloxKey(9u, 1u), 0L, examples, 0L, 7L, 2L).``double``()

    let bound (o: Objective) =
        values (o.Bound(o.Terms(model, x, noise)))

    for a, b in Array.zip (bound (Dreg(7, Reduction.Mean))) (bound (Iwae(7, Reduction.Mean))) do
        Assert.Equal(b, a, 12)

    let _, dreg = gradient model (Dreg(7, Reduction.Sum)) 3 0
    let _, iwae = gradient model (Iwae(7, Reduction.Sum)) 3 0

    for a, b in Array.zip dreg iwae do
        Assert.Equal(b, a, 10)

let variance (numbers: float[]) =
    let mean = Array.average numbers
    Array.sumBy (fun n -> (n - mean) ** 2.0) numbers / float (numbers.Length - 1)

/// Means over so many draws of 300 images each, and so nearly normal: every number of the encoder's gradient, draw by draw.
let encoderGradients model draws (objective: Objective) =
    Array.init draws (fun draw -> fst (gradient model objective 150 draw))
    |> Array.transpose

/// A mean of normal numbers is off by 5 standard errors once in two million times.
[<Fact>]
let ``The encoder's gradient is unbiased for the importance-weighted one, within 5 standard errors`` () =
    use model = model ()
    let draws = 150

    for k in [ 2; 16 ] do
        let dreg = encoderGradients model draws (Dreg(k, Reduction.Mean))
        let iwae = encoderGradients model draws (Iwae(k, Reduction.Mean))

        for d, i in Array.zip dreg iwae do
            let differences = Array.map2 (-) d i
            let error = sqrt (variance differences / float draws)
            Assert.InRange(Array.average differences, -5.0 * error - 1e-12, 5.0 * error + 1e-12)

        // The errors allowed are small beside the gradient, so that another gradient would be found out.
        let length (numbers: float seq) =
            sqrt (Seq.sumBy (fun n -> n * n) numbers)

        let errors =
            Array.map2 (Array.map2 (-)) dreg iwae
            |> Array.map (fun d -> sqrt (variance d / float draws))

        Assert.True(5.0 * length errors < 0.2 * length (Array.map Array.average iwae), $"K = {k}: too few draws")

/// Near the true posterior the weights hardly depend on z, so the path through z carries little noise: as in PyTorch, where the same model has
/// 1e-5 of the variance or less after some hundred steps (and more than the other's as long as the posterior is far off).
[<Fact>]
let ``Where the posterior is a good one, the encoder's gradient is far less noisy`` () =
    use model = model ()
    use optimizer = torch.optim.Adam(model.parameters (), 0.02)
    let objective = Elbo(5, true, Reduction.Mean)

    for step in 0..400 do
        gradient model objective 20 step |> ignore
        optimizer.step () |> ignore

    let noise (objective: Objective) =
        encoderGradients model 40 objective |> Array.sumBy variance

    Assert.InRange(noise (Dreg(16, Reduction.Mean)) / noise (Iwae(16, Reduction.Mean)), 0.0, 0.1)

[<Fact>]
let ``A posterior without log q(z | x) as a function of z is refused`` () =
    use _ = torch.NewDisposeScope()
    use model = new FactorAnalysis(1L, 1L)
    Initialisation.Draw(model, 1u)

    let e =
        Assert.Throws<InvalidOperationException>(fun () ->
            Dreg(3, Reduction.Mean).Terms(model, torch.zeros [| 2L; 1L |], torch.zeros [| 3L; 2L; 1L |])
            |> ignore)

    Assert.Contains("use the importance-weighted bound", e.Message)

[<Fact>]
let ``Terms of another objective are refused`` () =
    use _ = torch.NewDisposeScope()
    use model = model ()
    let dreg = Dreg(3, Reduction.Mean)
    let graph: IGraph<Tensor> = TensorGraph()

    let terms =
        model.Terms(graph, torch.tensor(two).reshape(2L, 3L), torch.zeros ([| 3L; 2L; 2L |], torch.ScalarType.Float64))

    Assert.Throws<ArgumentException>(fun () -> dreg.Backward(dreg.Loss(dreg.Bound terms), terms))
    |> ignore
