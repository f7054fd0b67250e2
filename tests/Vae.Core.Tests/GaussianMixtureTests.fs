/// The model that sums out a class, held against brute force: sums over x and y and quadrature over z, in float64.
module Vae.Tests.GaussianMixtureTests

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

let private graph: IGraph<Tensor> = TensorGraph()
let private classes = 3
let private dimensions = 2

let private near (a: Tensor) (b: Tensor) (tolerance: float) =
    let a, b = a.``double`` (), b.``double`` ()

    (a - b).abs().max().item<float>()
    <= tolerance * (1.0 + b.abs().max().item<float>())

let private values (t: Tensor) =
    t.detach().``double``().contiguous().reshape(-1L).data<float>().ToArray()

let private mlp (inputs: int) (outputs: int) =
    new Mlp(int64 inputs, [| 5 |], int64 outputs, Activation.Tanh)

/// Parameters twice as large as they begin, so that classes and codes differ.
let private model decodesLabel (supervision: Nullable<float>) (prior: string) =
    let prior: Prior =
        match prior with
        | "free" -> new ClassPrior(1L, int64 classes)
        | "normal" -> new StandardNormalPrior(1L)
        | _ -> new ClassPrior(mlp classes 2, ScaleFunction.Softplus)

    let m =
        new GaussianMixtureAutoencoder(
            mlp dimensions classes,
            mlp (dimensions + classes) 2,
            mlp (if decodesLabel then 1 + classes else 1) dimensions,
            BernoulliLikelihood(),
            prior,
            ScaleFunction.Softplus,
            supervision = supervision
        )

    Initialisation.Draw(m, 3u)
    ModuleExtensionMethods.``to`` (m, torch.ScalarType.Float64) |> ignore
    use _ = torch.no_grad ()

    for struct (_, p) in m.named_parameters () do
        p.mul_ (Scalar.op_Implicit 2.0) |> ignore

    m

let private tensor (rows: float[][]) =
    torch.tensor (Array.concat rows, [| int64 rows.Length; int64 rows[0].Length |])

let private everyX =
    tensor [| [| 0.0; 0.0 |]; [| 0.0; 1.0 |]; [| 1.0; 0.0 |]; [| 1.0; 1.0 |] |]

let private noise (k: int64) (b: int64) (n: int64) =
    PhiloxTensor
        .Normal(PhiloxKey(5u, 1u), 0L, torch.arange (Scalar.op_Implicit b, dtype = torch.ScalarType.Int64), 0L, k, n)
        .``double``()

let private points = 2001
let private step = 24.0 / float (points - 1)

/// z from -12 to 12: [points, 1, 1].
let private grid =
    torch.tensor (Array.init points (fun i -> -12.0 + step * float i), [| int64 points; 1L; 1L |])

/// log of the integral over the grid: [points, B] → [B]. A smooth density that ends within the grid: the sum is exact to many digits.
let private integral (logDensity: Tensor) =
    values (logDensity.logsumexp(0L).add(Scalar.op_Implicit (log step)))

/// log p(x) by the marginal view of the joint.
let private evidence (m: GaussianMixtureAutoencoder) (x: Tensor) =
    let struct (likelihood, prior) = m.LogJoint(graph, x, grid)
    integral (likelihood + prior)

/// log p(x, y) by hand: prior.Normal and decoder are asked for one class at a time.
let private joint (m: GaussianMixtureAutoencoder) (x: Tensor) (y: int) =
    let label = torch.zeros ([| 1L; int64 classes |], torch.ScalarType.Float64)
    label.narrow(1L, int64 y, 1L).fill_(Scalar.op_Implicit 1.0) |> ignore
    // The mean at the ends of the noise gives p(z|y)'s mean and scale.
    let at (u: float) =
        m.SamplePrior(graph, torch.tensor ([| u; 0.0 |], [| 1L; 2L |]), label).item<float>()

    let mean = at 0.0
    let scale = at 1.0 - mean
    let z = grid

    let logPrior =
        ((z - torch.tensor (mean)) / torch.tensor (scale)).square().mul(Scalar.op_Implicit -0.5)
        - torch.tensor (log scale + 0.5 * log (2.0 * Math.PI) + log (float classes))

    let p = m.Decode(graph, z, label)

    let likelihood =
        (x * p.log ()
         + (x.neg().add(Scalar.op_Implicit 1.0))
           * (p.neg().add(Scalar.op_Implicit 1.0)).log())
            .sum(-1L)

    integral (likelihood + logPrior.squeeze (-1L))

let private logSumExp (xs: float[]) =
    let m = Array.max xs
    m + log (Array.sumBy (fun x -> exp (x - m)) xs)

// Without a label in prior or decoder there would be nothing to find.
let private cases =
    [
        false, "network"
        true, "network"
        false, "free"
        true, "free"
        true, "normal"
    ]

[<Fact>]
let ``p(x) sums to one, and is the sum over classes of p(x, y)`` () =
    for decodesLabel, prior in cases do
        use m = model decodesLabel (Nullable()) prior
        let all = evidence m everyX
        Assert.Equal(0.0, logSumExp all, 1e-9)
        let byClass = Array.init classes (joint m everyX)

        for i in 0 .. all.Length - 1 do
            Assert.Equal(logSumExp (byClass |> Array.map (fun row -> row[i])), all[i], 1e-9)

/// Estimate and standard error of log p from K log-weights.
let private estimate (logW: float[]) =
    let k = float logW.Length
    let logP = logSumExp logW - log k
    let w = logW |> Array.map (fun l -> exp (l - logP))
    logP, sqrt (Array.sumBy (fun w -> (w - 1.0) ** 2.0) w / (k - 1.0) / k)

let private column (t: Tensor) (i: int64) = values (t.select (1L, i))

[<Fact>]
let ``log-sum-exp over the classes is an unbiased weight for p(x), the expectation of log-weights is not`` () =
    for decodesLabel, prior in cases do
        use m = model decodesLabel (Nullable()) prior
        let truth = evidence m everyX
        let terms = m.Terms(graph, everyX, noise 20000L 4L m.NoiseSize)
        let logW = terms.LogWeights graph
        let bound = terms.Elbo graph

        for i in 0 .. truth.Length - 1 do
            let right, error = estimate (column logW (int64 i))
            Assert.InRange(right - truth[i], -4.5 * error - 1e-12, 4.5 * error + 1e-12)
            let wrong, wrongError = estimate (column bound (int64 i))
            Assert.True(truth[i] - wrong > 6.0 * wrongError, $"{wrong} is no worse than {truth[i]}")

[<Fact>]
let ``a known label makes it a weight for p(x, y)`` () =
    use m = model true (Nullable 1.0) "network"
    let label = torch.zeros ([| 4L; int64 classes |], torch.ScalarType.Float64)

    label.narrow(0L, 1L, 1L).narrow(1L, 2L, 1L).fill_(Scalar.op_Implicit 1.0)
    |> ignore // of the second example alone

    let terms =
        m.Terms(graph, Observed<Tensor>(everyX, Label = label), noise 20000L 4L m.NoiseSize)

    let truth = evidence m everyX
    truth[1] <- (joint m everyX 2)[1]

    for i in 0 .. truth.Length - 1 do
        let logP, error = estimate (column (terms.LogWeights graph) (int64 i))
        Assert.InRange(logP - truth[i], -4.5 * error - 1e-12, 4.5 * error + 1e-12)

    // What the label adds to training: log q(y | x) of the one that is known.
    let expected = values (m.LogClassPosterior(graph, everyX))
    let supervised = values (terms.Supervision.Invoke())
    Assert.Equal(expected[1 * classes + 2], supervised[1], 1e-12)
    Assert.Equal(0.0, supervised[0] + supervised[2] + supervised[3], 1e-12)
    // Its bound is E[log w_y]; of the others the ELBO.
    Assert.Equal(Array.average (column (terms.LogWeights graph) 1L), Array.average (column (terms.Elbo graph) 1L), 1e-9)

[<Fact>]
let ``the closed-form KL is the mean of the Monte-Carlo one`` () =
    for decodesLabel, prior in cases do
        use m = model decodesLabel (Nullable()) prior
        let terms = m.Terms(graph, everyX, noise 40000L 4L m.NoiseSize)
        let closed = values (terms.Kl.Invoke())
        let samples = terms.LogQ - terms.LogPrior

        for i in 0 .. closed.Length - 1 do
            let drawn = column samples (int64 i)
            let mean = Array.average drawn

            let error =
                sqrt ((drawn |> Array.averageBy (fun d -> (d - mean) ** 2.0)) / float drawn.Length)

            Assert.InRange(mean - closed[i], -4.5 * error - 1e-12, 4.5 * error + 1e-12)

[<Fact>]
let ``the marginal posterior proposes what the marginal joint weighs`` () =
    for decodesLabel, prior in cases do
        use m = model decodesLabel (Nullable()) prior
        let truth = evidence m everyX
        let q = m.SamplePosterior(graph, everyX, noise 20000L 4L m.NoiseSize)
        let struct (likelihood, prior) = m.LogJoint(graph, everyX, q.Z)
        let logW = likelihood + prior - q.LogQ

        for i in 0 .. truth.Length - 1 do
            let logP, error = estimate (column logW (int64 i))
            Assert.InRange(logP - truth[i], -4.5 * error - 1e-12, 4.5 * error + 1e-12)

        Assert.True(near (q.FixedLogQ.Invoke(q.Z)) (q.LogQ) 1e-9)

[<Fact>]
let ``the prior chooses each class equally often, and the one that is asked for`` () =
    use m = model false (Nullable()) "free"
    let n = 30000L
    let drawn = values (m.SamplePrior(graph, (noise 1L n 2L).squeeze(0L)))
    // E[z] of the mixture against the mean of its classes' means.
    let means =
        Array.init classes (fun y ->
            let label = torch.zeros ([| 1L; int64 classes |], torch.ScalarType.Float64)
            label.narrow(1L, int64 y, 1L).fill_(Scalar.op_Implicit 1.0) |> ignore
            m.SamplePrior(graph, torch.zeros ([| 1L; 2L |], torch.ScalarType.Float64), label).item<float>())

    let mean = Array.average drawn
    let error = sqrt ((drawn |> Array.averageBy (fun d -> (d - mean) ** 2.0)) / float n)
    Assert.InRange(mean - Array.average means, -4.5 * error, 4.5 * error)

[<Fact>]
let ``a mean is under p(y | z), whose classes sum to one`` () =
    for decodesLabel, prior in cases do
        use m = model decodesLabel (Nullable()) prior
        let z = torch.tensor ([| 0.3; -1.2 |], [| 2L; 1L |])
        let mean = m.Decode(graph, z)
        Assert.True(mean.max().item<float>() <= 1.0 && mean.min().item<float>() >= 0.0)
        // Drawn: each x is Bernoulli of the class's decoder, the class drawn under p(y | z).
        let k = 20000
        let rows = z.repeat (int64 k, 1L)

        let x =
            m.Simulate(rows, (noise 1L (2L * int64 k) m.SimulationNoiseSize).squeeze(0L), null)

        let drawn = x.view(int64 k, 2L, int64 dimensions).mean [| 0L |]
        let p = mean

        let error =
            (p * (p.neg().add(Scalar.op_Implicit 1.0))).sqrt().div(Scalar.op_Implicit (sqrt (float k)))

        Assert.True(((drawn - p).abs() / error).max().item<float>() < 4.5, $"{decodesLabel} {prior}")

[<Fact>]
let ``gradients reach every parameter`` () =
    use m = model true (Nullable 1.0) "network"
    let label = torch.zeros ([| 4L; int64 classes |], torch.ScalarType.Float64)

    label.narrow(0L, 0L, 1L).narrow(1L, 1L, 1L).fill_(Scalar.op_Implicit 1.0)
    |> ignore

    let objective = Elbo(2, true, Reduction.Mean)

    let terms =
        objective.Terms(m, Observed<Tensor>(everyX, Label = label), noise 2L 4L m.NoiseSize)

    objective.Backward(objective.Loss(objective.Bound terms), terms)

    for struct (name, p) in m.named_parameters () do
        Assert.True(not (isNull p.grad) && p.grad.abs().sum().item<float>() > 0.0, name)

[<Fact>]
let ``An importance-weighted bound teaches q(y | x) what its weights say of y, and is as large without`` () =
    let samples = 5L
    use m = model true (Nullable()) "network"
    let objective = Iwae(int samples, Reduction.Sum)
    let terms = objective.Terms(m, everyX, noise samples 4L m.NoiseSize)
    let bound = objective.Bound terms
    objective.Backward(objective.Loss bound, terms)
    // log w_y, [K, B, Y], from the same noise: the weights of each class, given.
    let weight (y: int) =
        let label = torch.zeros ([| 4L; int64 classes |], torch.ScalarType.Float64)
        label.narrow(1L, int64 y, 1L).fill_(Scalar.op_Implicit 1.0) |> ignore

        (m.Terms(graph, Observed<Tensor>(everyX, Label = label), noise samples 4L m.NoiseSize).LogWeights graph)
            .detach()
            .unsqueeze
            -1L

    let logW = torch.cat ([| for y in 0 .. classes - 1 -> weight y |], -1L)
    let all = logW.logsumexp -1L
    Assert.True(near (all.logsumexp(0L).sub(Scalar.op_Implicit (log (float samples)))) bound 1e-12)
    // The gradient of Σ_k ŵ_k Σ_y p_ky log softmax(a)_y in the logits a is Σ_k ŵ_k (p_k − q).
    let p = (all.softmax(0L).unsqueeze -1L * logW.softmax -1L).sum(0L)
    let q = (m.LogClassPosterior(graph, everyX)).detach().exp()

    for struct (name, parameter) in m.named_parameters () do
        if name = "classifier.layers.1.bias" then
            Assert.True(near ((q - p).sum(0L)) parameter.grad 1e-10)

        Assert.True(not (isNull parameter.grad) && parameter.grad.abs().sum().item<float>() > 0.0, name)
