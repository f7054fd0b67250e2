/// Flows within a model: importance weights against quadrature in float64, parameters, names, refusals. The laws of each flow: FlowLawTests.fs.
module Vae.Tests.FlowTests

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
    t.detach().contiguous().reshape(-1L).data<float>().ToArray()

/// Standard normal numbers of a stream: rows × columns, in float64.
let normal stream (rows: int64) (columns: int64) =
    let examples =
        torch.arange (Scalar.op_Implicit rows, dtype = torch.ScalarType.Int64)

    PhiloxTensor.Normal(PhiloxKey(3u, stream), 0L, examples, 0L, 1L, columns).squeeze(0L).``double``()

let made size (hidden: int[]) context =
    new Made(size, hidden, context, PhiloxKey(1u, 2u))

let iaf size context =
    new InverseAutoregressiveFlow(made size [| 16; 16 |] context)

/// With every weight 0 it is y = σ(b) z, whatever z.
[<Fact>]
let ``The gate begins at its bias, 2 unless another is given`` () =
    for given, bias in [ None, 2.0; Some 1.0, 1.0; Some -3.0, -3.0 ] do
        use _ = torch.NewDisposeScope()
        let net = made 3L [| 8 |] 2L

        use flow =
            match given with
            | None -> new InverseAutoregressiveFlow(net)
            | Some b -> new InverseAutoregressiveFlow(net, b)

        for _ in 1..2 do
            flow.GateBias.detach().zero_() |> ignore
            Initialisation.Draw(flow, 4u)
            Assert.Equal<float32[]>(Array.create 3 (float32 bias), flow.GateBias.data<float32>().ToArray())

        use _ = torch.no_grad ()

        for p in net.parameters () do
            p.zero_ () |> ignore

        ModuleExtensionMethods.``to`` (flow, torch.ScalarType.Float64) |> ignore
        let z = [| 1.5; -2.0; 0.25 |]

        let struct (y, logDet) =
            flow.Forward(graph, torch.tensor z, torch.zeros ([| 2L |], dtype = torch.ScalarType.Float64))

        let sigma = 1.0 / (1.0 + exp -bias)
        Array.iter2 (fun (z: float) (y: float) -> Assert.Equal(sigma * z, y, 12)) z (values y)
        Assert.Equal(3.0 * log sigma, logDet.item<float>(), 12)

[<Fact>]
let ``A gate that is all but shut has a finite log-determinant`` () =
    let z, m, s =
        torch.tensor [| 1.0 |], torch.tensor [| 2.0 |], torch.tensor [| -1000.0 |]

    let struct (y, logDet) = graph.GatedAffine(z, m, s)
    Assert.Equal(2.0, y.item<float>())
    Assert.Equal(-1000.0, logDet.item<float>())

let pixels = 3L

/// A VAE with two flows, each followed by a reversal; its scales near 1.5, so that q is no narrower than p(z).
let vae latent hidden context =
    let block i =
        new InverseAutoregressiveFlow(new Made(latent, hidden, context, PhiloxKey(1u, i))) :> Flow

    let model =
        new VariationalAutoencoder(
            new Mlp(pixels, [| 4 |], 2L * latent + context, Activation.Tanh),
            new Mlp(latent, [| 4 |], pixels, Activation.Tanh),
            BernoulliLikelihood(),
            ScaleFunction.Exp,
            [| block 1u; new Reversal(latent); block 2u; new Reversal(latent) |]
        )

    Initialisation.Draw(model, 6u)
    ModuleExtensionMethods.``to`` (model, torch.ScalarType.Float64)

let x () =
    torch.tensor([| 1.0; 0.0; 1.0 |]).reshape(1L, 3L)

/// Hidden units are exchangeable. A MADE's once stood in the order in which their degrees were drawn, and masks are stored.
[<Fact>]
let ``Weights stored with the hidden units in another order compute the same`` () =
    use _ = torch.NewDisposeScope()
    use model = vae 8L [| 128; 128 |] 8L
    let noise = (normal 4u 6L 8L).reshape(6L, 1L, 8L)

    let logWeights () =
        model.LogWeights(graph, Observed<torch.Tensor>(x ()), noise)

    let before = values (logWeights ())

    /// Both layers of hidden units from the last to the first.
    let turned (key: string) (value: torch.Tensor) =
        let rows =
            key.Contains "layers.0" || key.Contains "layers.1" || key.Contains "context"

        let columns = key.Contains "layers.1" || key.Contains "layers.2"

        let axes =
            [|
                if rows then
                    0L
                if columns && value.dim () = 2L then
                    1L
            |]

        if key.Contains "made" then
            value.flip axes
        else
            value.clone ()

    let stored =
        System.Collections.Generic.Dictionary(
            model.state_dict ()
            |> Seq.map (fun p -> System.Collections.Generic.KeyValuePair(p.Key, turned p.Key p.Value))
        )

    Assert.Contains("flows.0.made.layers.1.mask", stored.Keys)
    model.load_state_dict stored |> ignore
    Array.iter2 (fun (a: float) (b: float) -> Assert.Equal(a, b, 10)) before (values (logWeights ()))

[<Fact>]
let ``Gradients reach every parameter, and the objective needs no closed form`` () =
    for latent in [ 2L; 5L ] do
        for context in [ 0L; latent ] do
            for objective in [ Elbo(3, false, Reduction.Sum) :> Objective; Iwae(3, Reduction.Mean) ] do
                use _ = torch.NewDisposeScope()
                use model = vae latent [| 16; 16 |] context
                let noise = (normal 1u 6L latent).reshape(3L, 2L, latent)

                let terms =
                    model.Terms(graph, torch.cat ([| x (); graph.Affine(x (), -1.0, 1.0) |], 0L), noise)

                objective.Loss(objective.Bound terms).backward()

                for struct (name, p) in model.named_parameters () do
                    Assert.False(isNull p.grad, name)
                    Assert.True(p.grad.isfinite().all().item<bool>(), name)
                    Assert.True(p.grad.abs().sum().item<float>() > 0.0, name)

[<Fact>]
let ``With flows the KL has no closed form, and an objective that asks for it says so`` () =
    use _ = torch.NewDisposeScope()
    use model = vae 2L [| 8 |] 2L
    let terms = model.Terms(graph, x (), (normal 1u 1L 2L).reshape(1L, 1L, 2L))
    Assert.Null terms.Kl

    let error =
        Assert.Throws<InvalidOperationException>(fun () -> Elbo(1, true, Reduction.Sum).Bound terms |> ignore)

    Assert.Contains("Monte-Carlo", error.Message)

/// log p(x) = log ∫ p(x | z) p(z) dz, on a grid of 1/40 over [−6, 6]²: the truth, which knows nothing of q.
let quadrature (model: VariationalAutoencoder) =
    let steps, width = 481L, 12.0 / 480.0
    let axis = torch.linspace (-6.0, 6.0, steps, dtype = torch.ScalarType.Float64)
    let first = axis.unsqueeze(1L).expand(steps, steps)
    let z = torch.stack([| first; first.t () |], -1L).reshape(-1L, 1L, 2L)
    let struct (logLikelihood, logPrior) = model.LogJoint(graph, x (), z)
    (logLikelihood + logPrior).logsumexp(0L).item<float>() + 2.0 * log width

/// Σ w / K and its standard error.
let mean (logW: float[]) =
    let w = Array.map exp logW
    let mean = Array.average w
    mean, sqrt ((w |> Array.averageBy (fun v -> (v - mean) ** 2.0)) / float w.Length)

[<Fact>]
let ``Importance weights have the means that they must: E p(z)/q(z) = 1, E w = p(x)`` () =
    for context in [ 0L; 2L ] do
        use _ = torch.NewDisposeScope()
        use _ = torch.no_grad ()
        use model = vae 2L [| 16; 16 |] context

        // Flows of some strength, and a base wide enough for weights without heavy tails.
        for struct (name, p) in model.named_parameters () do
            if name.StartsWith("flows", StringComparison.Ordinal) then
                p.mul_ (Scalar.op_Implicit 1.5) |> ignore

        model.get_parameter("encoder.layers.1.bias").narrow(0L, 2L, 2L).fill_(Scalar.op_Implicit 0.8)
        |> ignore

        let samples = 200_000L
        let terms = model.Terms(graph, x (), (normal 1u samples 2L).unsqueeze 1L)
        let one, error = mean (values (terms.LogPrior - terms.LogQ))
        Assert.InRange(error, 0.0, 0.01)
        Assert.InRange(one, 1.0 - 5.0 * error, 1.0 + 5.0 * error)
        let px, error = mean (values (terms.LogWeights graph))
        let truth = exp (quadrature model)
        Assert.InRange(error / truth, 0.0, 0.01)
        Assert.InRange(px, truth - 5.0 * error, truth + 5.0 * error)

let onMeta () =
    let block i =
        new InverseAutoregressiveFlow(
            new Made(128L, [| 256; 256 |], 128L, PhiloxKey(0u, i), torch.META),
            2.0,
            torch.META
        )
        :> Flow

    new VariationalAutoencoder(
        new Mlp(784L, [| 256; 256 |], 384L, Activation.Relu, torch.META),
        new Mlp(128L, [| 256; 256 |], 784L, Activation.Relu, torch.META),
        BernoulliLikelihood(),
        ScaleFunction.Softplus,
        [|
            block 1u
            new Reversal(128L, torch.META)
            block 2u
            new Reversal(128L, torch.META)
        |]
    )

[<Fact>]
let ``The tutorial's model has 1,060,752 parameters, and describing it allocates nothing`` () =
    use model = onMeta ()
    let description = DescribingGraph model

    let terms = model.Terms(description, Described.Vector 784L, Described.Vector 128L)
    Assert.Empty(terms.LogQ.Shape)

    let encoder = (784L * 256L + 256L) + (256L * 256L + 256L) + (256L * 384L + 384L)
    let decoder = (128L * 256L + 256L) + (256L * 256L + 256L) + (256L * 784L + 784L)
    // Layers of the MADE, the context's matrix without bias, the gate's bias.
    let block =
        (128L * 256L + 256L)
        + (256L * 256L + 256L)
        + (256L * 256L + 256L)
        + 128L * 256L
        + 128L

    Assert.Equal(197504L, block)
    Assert.Equal(1060752L, encoder + decoder + 2L * block)
    Assert.Equal(1060752L, model.parameters () |> Seq.sumBy _.numel())
    Assert.Equal(1060752L, description.Operations |> Seq.sumBy _.Parameters)
    Assert.All(model.parameters (), fun p -> Assert.Equal(DeviceType.META, p.device_type))
    Assert.All(model.buffers (), fun b -> Assert.Equal(DeviceType.META, b.device_type))

[<Fact>]
let ``A flow's parts have the names that checkpoints rely on, the masks too`` () =
    use model = onMeta ()

    let expected =
        [
            for flow in [ 0; 2 ] do
                for layer in 0..2 do
                    for part in [ "weight"; "bias"; "mask" ] do
                        $"flows.{flow}.made.layers.{layer}.{part}"

                $"flows.{flow}.made.context.weight"
                $"flows.{flow}.bias"
        ]

    let actual =
        model.state_dict().Keys |> Seq.filter _.StartsWith("flows") |> List.ofSeq

    Assert.Equal<string list>(List.sort expected, List.sort actual)

    Assert.DoesNotContain(
        model.named_parameters (),
        fun struct (name, _) -> name.EndsWith("mask", StringComparison.Ordinal)
    )

[<Fact>]
let ``Flows that do not fit the model are refused with both widths`` () =
    let build outputs (flows: Flow list) =
        Assert
            .Throws<ArgumentException>(fun () ->
                new VariationalAutoencoder(
                    new Mlp(pixels, [||], outputs, Activation.Relu),
                    new Mlp(2L, [||], pixels, Activation.Relu),
                    BernoulliLikelihood(),
                    ScaleFunction.Exp,
                    Array.ofList flows
                )
                |> ignore)
            .Message

    Assert.Equal("A flow has 5 dimensions; the decoder takes 2 latent ones.", build 4L [ new Reversal(5L) ])

    Assert.Equal(
        "The encoder gives 4 numbers; 2 latent dimensions take 4, and the flows' context 3.",
        build 4L [ iaf 2L 3L ]
    )

    Assert.Equal(
        "One flow takes a context of 1 numbers, another one of 3; the encoder gives one context.",
        build 7L [ iaf 2L 3L; iaf 2L 1L ]
    )

[<Fact>]
let ``A parameter that nothing initialises is refused by name`` () =
    use model =
        torch.nn.Sequential(struct ("norm", torch.nn.BatchNorm1d 3L :> torch.nn.Module<Tensor, Tensor>))

    let error =
        Assert.Throws<ArgumentException>(fun () -> Initialisation.Draw(model, 0u))

    Assert.Contains("'norm.weight'", error.Message)
