/// One table of priors, held to the laws that every prior must keep, in float64 and two dimensions.
module Vae.Tests.PriorTests

open System
open TorchSharp
open TorchSharp.Modules
open Vae.Core
open Vae.Core.Distributions
open Vae.Core.Flows
open Vae.Core.Graphs
open Vae.Core.Models
open Vae.Core.Networks
open Vae.Core.Objectives
open Vae.Primitives
open Vae.Torch
open Xunit

type Tensor = torch.Tensor

let graph: IGraph<Tensor> = TensorGraph()

let values (t: Tensor) =
    t.detach().``double``().contiguous().reshape(-1L).data<float>().ToArray()

/// Standard normal numbers of a stream, [rows, columns], in float64.
let normal stream (rows: int64) (columns: int64) =
    let examples =
        torch.arange (Scalar.op_Implicit rows, dtype = torch.ScalarType.Int64)

    PhiloxTensor.Normal(PhiloxKey(7u, stream), 0L, examples, 0L, 1L, columns).squeeze(0L).``double``()

let toDouble (m: #torch.nn.Module) =
    ModuleExtensionMethods.``to`` (m, torch.ScalarType.Float64) |> ignore

/// Every parameter normal with this deviation, in float64.
let randomise (deviation: float) (m: #torch.nn.Module) =
    toDouble m
    use _ = torch.no_grad ()

    for struct (name, p) in m.named_parameters () do
        p.copy_ ((normal (Philox.StreamOf name) 1L (p.numel ())).reshape(p.shape).mul(Scalar.op_Implicit deviation))
        |> ignore

/// y = exp(a) z + b: the flow whose density is known.
type Affine(size: int64, ?context: int64, ?invertible: bool) as this =
    inherit Flow("Affine", size, defaultArg context 0L)
    let a = new Parameter(torch.zeros [| size |])
    let b = new Parameter(torch.zeros [| size |])

    do
        this.register_parameter ("a", a)
        this.register_parameter ("b", b)

    override _.HasInverse = defaultArg invertible true

    override _.Forward<'T>(g: IGraph<'T>, z: 'T, _: 'T) =
        struct (g.Add(g.Multiply(g.Exp(g.Learned a), z), g.Learned b), g.SumLast(g.Learned a))

    override _.Inverse<'T>(g: IGraph<'T>, y: 'T, _: 'T) =
        g.Divide(g.Subtract(y, g.Learned b), g.Exp(g.Learned a))

let pixels = 3L

/// The prior, and what must live, and be random, beside it.
let priors: (string * (unit -> Prior * torch.nn.Module list)) list =
    let encoder () =
        new Mlp(pixels, [| 6 |], 4L, Activation.Tanh)

    let vamp components unit =
        let network = encoder ()

        new VampPrior(NormalEncoder(network, 2L, ScaleFunction.Softplus, 0.5), components, ``unit`` = unit) :> Prior,
        [ network :> torch.nn.Module ]

    [
        "normal", (fun () -> new StandardNormalPrior(2L) :> Prior, [])
        "mixture of one", (fun () -> new MixturePrior(2L, 1), [])
        "mixture of three", (fun () -> new MixturePrior(2L, 3), [])
        "vamp", (fun () -> vamp 4 true)
        "vamp, not cut", (fun () -> vamp 4 false)
        "vamp of one", (fun () -> vamp 1 true)
        "couplings",
        (fun () ->
            let coupling flipped =
                new Coupling(2L, [| 8 |], Activation.Tanh, 0L, AffineElementwise(Nullable 1.0), flipped) :> Flow

            new FlowPrior(2L, [| coupling false; coupling true |]), [])
        "flow", (fun () -> new FlowPrior(2L, [| new Affine(2L) :> Flow; new Reversal(2L); new Affine(2L) |]), [])
    ]

/// Each prior with random parameters.
let eachPrior deviation (law: string -> Prior -> torch.nn.Module list -> unit) =
    for name, make in priors do
        use _ = torch.NewDisposeScope()
        let prior, beside = make ()
        randomise deviation prior
        List.iter (randomise 0.7) beside
        law name prior beside
        prior.Dispose()
        beside |> List.iter _.Dispose()

let width, step = 24.0, 0.1

/// Every point of a grid over [−24, 24]², [n², 2].
let plane () =
    let axis =
        torch.arange (
            Scalar.op_Implicit -width,
            Scalar.op_Implicit (width + step / 2.0),
            Scalar.op_Implicit step,
            torch.ScalarType.Float64
        )

    let n = axis.shape[0]
    torch.stack([| axis.reshape(-1L, 1L).expand(n, n); axis.expand (n, n) |], 2L).reshape(-1L, 2L)

[<Fact>]
let ``The density integrates to one`` () =
    eachPrior 0.5 (fun name prior _ ->
        let one = prior.LogDensity(graph, plane ()).exp().sum().item<float>() * step * step

        Assert.True(abs (one - 1.0) < 1e-7, $"{name}: {one}"))

/// Half-planes, wedges and waves: where the samples fall is where the density lies.
let questions: (string * (Tensor -> Tensor)) list =
    [
        for direction in 0..7 do
            let angle = float direction * Math.PI / 8.0

            let along (z: Tensor) =
                z.narrow(-1L, 0L, 1L).squeeze(-1L) * Scalar.op_Implicit (cos angle)
                + z.narrow(-1L, 1L, 1L).squeeze(-1L) * Scalar.op_Implicit (sin angle)

            $"mean along {angle}", along
            $"square along {angle}", (fun z -> (along z).square())
            $"wave along {angle}", (fun z -> ((along z).mul(Scalar.op_Implicit 3.0)).sin())
            $"fine wave along {angle}", (fun z -> ((along z).mul(Scalar.op_Implicit 8.0)).cos())
    ]

[<Fact>]
let ``Samples have the density's expectations, within 5 standard errors`` () =
    let n = 100_000L

    eachPrior 0.5 (fun name prior _ ->
        let z = prior.Sample(graph, normal 1u n prior.NoiseSize)
        Assert.Equal<int64[]>([| n; 2L |], z.shape)
        let plane = plane ()
        let p = prior.LogDensity(graph, plane).exp().mul(Scalar.op_Implicit (step * step))

        for question, f in questions do
            let truth = (f plane * p).sum().item<float>()
            let answers = f z
            let error = answers.std().item<float>() / sqrt (float n)
            let mean = answers.mean().item<float>()
            Assert.True(abs (mean - truth) < 5.0 * error + 1e-6, $"{name}: {question} is {mean}, not {truth}"))

[<Fact>]
let ``Samples and examples are as if alone`` () =
    eachPrior 0.5 (fun name prior _ ->
        let z = (normal 2u 12L 2L).reshape(3L, 4L, 2L)
        let logP = prior.LogDensity(graph, z)
        Assert.Equal<int64[]>([| 3L; 4L |], logP.shape)
        let noise = (normal 3u 12L prior.NoiseSize).reshape(3L, 4L, prior.NoiseSize)
        let samples = prior.Sample(graph, noise)

        for k in 0L .. 2L do
            for b in 0L .. 3L do
                let at (t: Tensor) = t.select(0L, k).select(0L, b)
                Assert.True((prior.LogDensity(graph, at z) - at logP).abs().item<float>() < 1e-12, name)
                Assert.True((prior.Sample(graph, at noise) - at samples).abs().max().item<float>() < 1e-12, name))

[<Fact>]
let ``Gradients reach every parameter, and z's is the slope by finite differences`` () =
    eachPrior 0.5 (fun name prior beside ->
        // Pseudo-inputs away from the borders of [0, 1], where cutting stops them.
        for p in prior.parameters () do
            if p.shape = [| 4L; pixels |] || p.shape = [| 1L; pixels |] then
                use _ = torch.no_grad ()
                p.sigmoid_ () |> ignore

        let start = normal 4u 20L 2L
        let z = start.clone().requires_grad_()
        prior.LogDensity(graph, z).sum().backward()

        for part in prior :> torch.nn.Module :: beside do
            for struct (parameter, p) in part.named_parameters () do
                if name <> "mixture of one" || parameter <> "logits" then // one weight is 1, whatever its logit
                    Assert.False(isNull p.grad, $"{name}: {parameter}")
                    Assert.True(p.grad.isfinite().all().item<bool>(), $"{name}: {parameter}")
                    Assert.True(p.grad.abs().sum().item<float>() > 0.0, $"{name}: {parameter}")

        let h = 1e-5

        for column in 0L .. 1L do
            let at (sign: float) =
                let moved = start.clone ()
                moved.narrow(1L, column, 1L).add_(Scalar.op_Implicit (sign * h)) |> ignore
                prior.LogDensity(graph, moved)

            let slopes = values ((at 1.0 - at -1.0).div(Scalar.op_Implicit (2.0 * h)))

            for e, a in Array.zip slopes (values (z.grad.narrow (1L, column, 1L))) do
                Assert.True(abs (e - a) < 1e-6 * (1.0 + abs e), $"{name}: {a}, not {e}"))

[<Fact>]
let ``In float32 the numbers are those of float64, to float32's precision`` () =
    eachPrior 0.5 (fun name prior beside ->
        let z = normal 5u 50L 2L
        let noise = normal 6u 50L prior.NoiseSize
        let exact = values (prior.LogDensity(graph, z))
        let samples = values (prior.Sample(graph, noise))

        for part in prior :> torch.nn.Module :: beside do
            ModuleExtensionMethods.``to`` (part, torch.ScalarType.Float32) |> ignore

        let close expected (actual: Tensor) =
            Assert.Equal(torch.ScalarType.Float32, actual.dtype)

            for e, a in Array.zip expected (values actual) do
                Assert.True(abs (e - a) < 1e-5 * (1.0 + abs e), $"{name}: {a}, not {e}")

        close exact (prior.LogDensity(graph, z.``float`` ()))
        close samples (prior.Sample(graph, noise.``float`` ())))

[<Fact>]
let ``The KL by formula is the normal prior's alone, and it is the Monte-Carlo KL within 5 standard errors`` () =
    eachPrior 0.5 (fun name prior _ ->
        let q = Normal<Tensor>(torch.tensor [| 0.4; -1.0 |], torch.tensor [| 0.5; 1.3 |])
        let formula = prior.NormalKl(graph, q)
        Assert.Equal((name = "normal"), not (isNull formula))

        if name = "normal" then
            let struct (z, logQ) = q.Sample(graph, normal 7u 20_000L 2L)
            let ratio = logQ - prior.LogDensity(graph, z)
            let error = ratio.std().item<float>() / sqrt 20_000.0
            let kl = formula.Invoke().item<float>()
            Assert.InRange(ratio.mean().item<float>(), kl - 5.0 * error, kl + 5.0 * error))

let logNormal (mean: float[]) (scale: float[]) (z: float[]) =
    Array.sum (Array.map3 (fun m s z -> -0.5 * ((z - m) / s) ** 2.0 - log s - 0.5 * log (2.0 * Math.PI)) mean scale z)

[<Fact>]
let ``A VampPrior is the average of the model's own posteriors at its pseudo-inputs`` () =
    use _ = torch.NewDisposeScope()
    let network = new Mlp(pixels, [| 6 |], 4L, Activation.Tanh)

    let prior =
        new VampPrior(NormalEncoder(network, 2L, ScaleFunction.Exp, -0.3), 3, ``unit`` = true)

    use model =
        new VariationalAutoencoder(
            network,
            new Mlp(2L, [| 4 |], pixels, Activation.Tanh),
            BernoulliLikelihood(),
            ScaleFunction.Exp,
            prior = prior,
            scaleOffset = -0.3
        )

    randomise 0.8 model
    // Some lie outside [0, 1]: those are cut.
    let u =
        (model.get_parameter "prior.pseudoInputs").clamp(Scalar.op_Implicit 0.0, Scalar.op_Implicit 1.0)

    let q = model.Posterior(graph, u)
    let rows (t: Tensor) = values t |> Array.chunkBySize 2
    let z = [| 0.3; -0.9 |]

    let expected =
        Array.map2 (fun m s -> exp (logNormal m s z)) (rows q.Mean) (rows q.Scale)
        |> Array.average
        |> log

    Assert.Equal(expected, prior.LogDensity(graph, torch.tensor z).item<float>(), 10)

    let names = [ for struct (name, _) in model.named_parameters () -> name ]
    Assert.Equal<string list>([ "prior.pseudoInputs" ], names |> List.filter _.StartsWith("prior"))
    Assert.Equal<string list>(List.distinct names, names)
    Assert.DoesNotContain("prior.logits", model.state_dict().Keys)

/// The matrix products of the tensor graph against their definition, where the three terms nearly cancel too.
[<Fact>]
let ``Many normals' densities at once are each normal's density`` () =
    use _ = torch.NewDisposeScope()

    for scale in [ 1.0; 1e-3 ] do
        let mean = normal 8u 7L 5L
        let deviation = (normal 9u 7L 5L).exp() * Scalar.op_Implicit scale

        let z =
            (mean.narrow (0L, 0L, 4L) + deviation.narrow (0L, 3L, 4L) * normal 10u 4L 5L).unsqueeze 0L

        let expected = values (graph.NormalLogDensity(z.unsqueeze -2L, mean, deviation))

        let exact = values (graph.NormalLogDensities(z, mean, deviation))

        for e, a in Array.zip expected exact do
            Assert.InRange(a, e - 1e-9 * (1.0 + abs e), e + 1e-9 * (1.0 + abs e))

/// With logits log 1, log 2, log 5: u below 1/8 takes the first, below 3/8 the second, else the third, up to the last number there is.
[<Fact>]
let ``The last number of the noise chooses the component by its weight`` () =
    use _ = torch.NewDisposeScope()

    for dtype in [ torch.ScalarType.Float64; torch.ScalarType.Float32 ] do
        let mixture =
            NormalMixture<Tensor>(
                torch.tensor ([| 0.0; log 2.0; log 5.0 |], dtype),
                Normal<Tensor>(
                    torch.tensor([| 10.0; 20.0; 30.0 |], dtype).reshape(3L, 1L),
                    torch.tensor([| 1.0; 2.0; 3.0 |], dtype).reshape(3L, 1L)
                )
            )
        // Φ⁻¹(1/8) = −1.150349, Φ⁻¹(3/8) = −0.318639
        let cases =
            [|
                -30.0, 10.5
                -1.1504, 10.5
                -1.1503, 21.0
                -0.3187, 21.0
                -0.3186, 31.5
                0.0, 31.5
                30.0, 31.5
            |]

        let noise =
            torch.tensor(cases |> Array.collect (fun (n, _) -> [| 0.5; n |]), dtype).reshape(-1L, 2L)

        Assert.Equal<float[]>(Array.map snd cases, values (mixture.Sample(graph, noise, 3L, 1L)))

let vae prior =
    let model =
        new VariationalAutoencoder(
            new Mlp(pixels, [| 4 |], 4L, Activation.Tanh),
            new Mlp(2L, [| 4 |], pixels, Activation.Tanh),
            BernoulliLikelihood(),
            ScaleFunction.LogVariance,
            prior = prior
        )

    Initialisation.Draw(model, 6u)
    toDouble model
    model

[<Fact>]
let ``A log-variance s is the scale exp(s/2)`` () =
    use _ = torch.NewDisposeScope()
    use network = new Mlp(pixels, [||], 4L, Activation.Relu)
    randomise 1.0 network
    let x = normal 1u 6L pixels

    let struct (q, output) =
        NormalEncoder(network, 2L, ScaleFunction.LogVariance, 0.5).Forward(graph, x)

    let s = values (output.narrow (-1L, 2L, 2L))
    Assert.All(Array.zip s (values q.Scale), fun (s, scale) -> Assert.Equal(exp ((s + 0.5) / 2.0), scale, 12))

[<Fact>]
let ``A closed-form KL is refused where the prior has none, and the Monte-Carlo one trains the prior`` () =
    use _ = torch.NewDisposeScope()
    use model = vae (new MixturePrior(2L, 3))
    let x = torch.tensor([| 1.0; 0.0; 1.0 |]).reshape(1L, 3L)
    let terms = model.Terms(graph, x, (normal 1u 5L 2L).reshape(5L, 1L, 2L))

    Assert.Throws<InvalidOperationException>(fun () -> Elbo(5, true, Reduction.Sum).Bound terms |> ignore)
    |> ignore

    let objective = Elbo(5, false, Reduction.Sum)
    objective.Loss(objective.Bound terms).backward()

    for struct (name, p) in model.named_parameters () do
        Assert.False(isNull p.grad, name)
        Assert.True(p.grad.abs().sum().item<float>() > 0.0, name)

[<Fact>]
let ``The first parameters are what they are said to be`` () =
    use _ = torch.NewDisposeScope()
    use mixture = new MixturePrior(40L, 50)
    use network = new Mlp(pixels, [||], 4L, Activation.Relu)

    use vamp =
        new VampPrior(NormalEncoder(network, 2L, ScaleFunction.Exp), 1000, 0.4, 0.02)

    for prior in [ mixture :> Prior; vamp ] do
        Initialisation.Draw(prior, 3u)

    let check (name: string) mean deviation (prior: Prior) =
        let v = values (prior.get_parameter name)
        Assert.InRange(Array.average v, mean - 0.1 * deviation - 1e-6, mean + 0.1 * deviation + 1e-6)

        Assert.InRange(sqrt (v |> Array.averageBy (fun v -> (v - mean) ** 2.0)), 0.95 * deviation, 1.05 * deviation)

    check "logits" 0.0 0.0 mixture
    check "means" 0.0 1.0 mixture
    check "logScales" 0.0 0.0 mixture
    check "pseudoInputs" 0.4 0.02 vamp

[<Fact>]
let ``Describing a model with each prior allocates nothing and counts every parameter once`` () =
    let mlp inputs outputs =
        new Mlp(inputs, [| 8 |], outputs, Activation.Relu, torch.META)

    let describe parameters (prior: Network -> Prior) =
        let encoder = mlp 20L 8L

        use model =
            new VariationalAutoencoder(
                encoder,
                mlp 4L 20L,
                BernoulliLikelihood(),
                ScaleFunction.Softplus,
                prior = prior encoder
            )

        let description = DescribingGraph model
        let terms = model.Terms(description, Described.Vector 20L, Described.Vector 4L)
        Assert.Empty(terms.LogPrior.Shape)
        let z = model.SamplePrior(description, Described.Vector model.PriorNoiseSize)
        Assert.Equal<int64 seq>([ 4L ], z.Shape)
        let networks = (20L * 8L + 8L + 8L * 8L + 8L) + (4L * 8L + 8L + 8L * 20L + 20L)
        Assert.Equal(networks + parameters, model.parameters () |> Seq.sumBy _.numel())
        Assert.Equal(networks + parameters, description.Operations |> Seq.sumBy _.Parameters)

        for t in model.parameters () |> Seq.cast<Tensor> |> Seq.append (model.buffers ()) do
            Assert.Equal(DeviceType.META, t.device_type)

    describe 0L (fun _ -> new StandardNormalPrior(4L))
    describe (7L + 2L * 7L * 4L) (fun _ -> new MixturePrior(4L, 7, torch.META))

    describe (5L * 20L) (fun encoder ->
        new VampPrior(NormalEncoder(encoder, 4L, ScaleFunction.Softplus), 5, device = torch.META))

    describe 0L (fun _ -> new FlowPrior(4L, [| new Reversal(4L, torch.META) |]))

[<Fact>]
let ``A flow that a prior cannot take is refused with the reason`` () =
    let refusal (flow: Flow) =
        Assert.Throws<ArgumentException>(fun () -> new FlowPrior(2L, [| flow |]) |> ignore).Message

    Assert.Equal(
        "Affine has no inverse that can be computed, so a prior made of it could not be sampled.",
        refusal (new Affine(2L, invertible = false))
    )

    Assert.Equal("Affine takes a context; a prior has none to give.", refusal (new Affine(2L, context = 3L)))
    Assert.Equal("A flow has 3 dimensions; the prior has 2.", refusal (new Affine(3L)))
