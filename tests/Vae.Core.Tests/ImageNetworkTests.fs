/// Laws that every network keeps, whatever its layers and its normalisation; and the counts of the residual networks, by hand.
module Vae.Tests.ImageNetworkTests

open System
open TorchSharp
open Vae.Core
open Vae.Core.Graphs
open Vae.Core.Networks
open Vae.Primitives
open Vae.Torch
open Xunit

type Tensor = torch.Tensor

let graph: IGraph<Tensor> = TensorGraph()

let norms =
    [
        Normalisation.None
        Normalisation.Batch
        Normalisation.Layer
        Normalisation.Weight
    ]

/// Three channels, and sides that differ, so that neither can be taken for the other.
let shape = ImageShape(3L, 8L, 4L)

let resnet = ResnetOptions(Channels = 4, Stages = 2, Blocks = 2, Hidden = 6)

let conv = ConvOptions([| 4; 5 |], [| 3; 5 |], [| 2; 1 |], Activation.Tanh)

/// Each network on a device; inputs and outputs differ, and no ReLU, whose kinks hide parameters from gradients.
let networks: (string * (LayerOptions -> torch.Device -> Network)) list =
    let d = shape.Size

    [
        "mlp", (fun o at -> new Mlp(d, [| 7; 5 |], 6L, Activation.Elu, at, o))
        "nonconv encoder", (fun o at -> new Nonconv(d, [| 7; 5 |], 6L, Activation.Elu, o, true, at))
        "nonconv decoder", (fun o at -> new Nonconv(5L, [| 7; 5 |], 2L * d, Activation.Elu, o, false, at))
        "resnet encoder", (fun o at -> new ResnetEncoder(shape, 6L, resnet, o, at))
        "resnet encoder of one channel", (fun o at -> new ResnetEncoder(ImageShape(1L, 4L, 8L), 6L, resnet, o, at))
        "resnet decoder", (fun o at -> new ResnetDecoder(5L, ImageShape(6L, 8L, 4L), resnet, o, at))
        "snf encoder", (fun o at -> new SnfEncoder(shape, 6L, 2L, true, o, at))
        "snf decoder", (fun o at -> new SnfDecoder(5L, ImageShape(6L, 8L, 4L), 2L, false, o, at))
        "conv encoder", (fun o at -> new ConvEncoder(shape, 6L, conv, o, at))
        "conv decoder", (fun o at -> new ConvDecoder(5L, ImageShape(6L, 8L, 4L), conv, o, at))
    ]

let everyNetwork =
    [
        for name, make in networks do
            for norm in norms -> $"{name}, {norm}", make (LayerOptions norm)
    ]

let double (m: #torch.nn.Module) =
    ModuleExtensionMethods.``to`` (m, torch.ScalarType.Float64)

let normal name rows (width: int64) =
    PhiloxTensor
        .Normal(
            PhiloxKey(8u, Philox.StreamOf name),
            0L,
            torch.arange (int rows, dtype = torch.ScalarType.Int64),
            0L,
            1L,
            width
        )
        .squeeze(0L)
        .``double``()

let values (t: Tensor) =
    t.detach().``double``().reshape(-1L).data<float>().ToArray()

/// The largest difference between two tensors of one shape.
let off (a: Tensor) (b: Tensor) =
    Assert.Equal<int64[]>(a.shape, b.shape)
    Array.map2 (fun x y -> abs (x - y)) (values a) (values b) |> Array.max

let drawn (make: torch.Device -> Network) =
    let net = make torch.CPU
    Initialisation.Draw(net, 3u)
    double net

/// The shift of the batch norm before the residual encoder's fully connected layer: that layer's own batch norm takes it away again.
let idle (name: string) parameter =
    name.StartsWith "resnet encoder"
    && name.EndsWith "Batch"
    && parameter = "norm.bias"

[<Fact>]
let ``Gradients reach every parameter that has a say`` () =
    for name, make in everyNetwork do
        use _ = torch.NewDisposeScope()
        use net = drawn make
        let y = net.Forward(graph, normal "x" 5 net.Inputs)
        Assert.Equal<int64[]>([| 5L; net.Outputs |], y.shape)
        (y * normal "w" 5 net.Outputs).sum().backward()

        for struct (parameter, p) in net.named_parameters () do
            Assert.False(isNull p.grad, $"{name}: no gradient of {parameter}")
            let live = p.grad.ne(Scalar.op_Implicit 0.0).``double``().mean().item<float>()
            // In an image of 2x1 pixels all but 3 of a 5x5 kernel's 25 places meet nothing but padding.
            let least = if p.dim () = 4L then 2.9 / 25.0 else 0.9

            Assert.True(
                live > least || idle name parameter,
                $"{name}: {100.0 * live} %% of {parameter} have a gradient"
            )

[<Fact>]
let ``Outside training an example's output does not depend on its batch; in training it does with batch norm alone``
    ()
    =
    for name, make in everyNetwork do
        use _ = torch.NewDisposeScope()
        use net = drawn make
        let x = normal "x" 5 net.Inputs

        let whole () =
            net.Forward(graph, x).narrow(0L, 1L, 2L)

        let part () =
            net.Forward(graph, x.narrow (0L, 1L, 2L))

        let apart = off (whole ()) (part ())

        if name.EndsWith "Batch" then
            Assert.True(apart > 1e-3, $"{name}: in training {apart}")
        else
            Assert.True(apart < 1e-12, $"{name}: in training {apart}")

        net.eval ()
        let apart = off (whole ()) (part ())
        Assert.True(apart < 1e-12, $"{name}: {apart}")

[<Fact>]
let ``All axes before the last are a batch's`` () =
    for name, make in everyNetwork do
        use _ = torch.NewDisposeScope()
        use net = drawn make
        let x = normal "x" 6 net.Inputs
        let flat = net.Forward(graph, x)
        let deep = net.Forward(graph, x.reshape (2L, 3L, net.Inputs))
        Assert.Equal<int64[]>([| 2L; 3L; net.Outputs |], deep.shape)
        Assert.True(off flat (deep.reshape (6L, net.Outputs)) < 1e-12, name)

[<Fact>]
let ``Float32 is near float64`` () =
    for name, make in everyNetwork do
        use _ = torch.NewDisposeScope()
        use net = make torch.CPU
        Initialisation.Draw(net, 3u)
        let x = normal "x" 5 net.Inputs
        let single = net.Forward(graph, x.float ())
        let exact = (double net).Forward(graph, x)
        Assert.Equal(torch.ScalarType.Float32, single.dtype)
        Assert.True(off single exact < 1e-4 * (1.0 + exact.abs().max().item<float>()), name)

[<Fact>]
let ``A description has every parameter once and the right width, without a value allocated`` () =
    for name, make in everyNetwork do
        use net = make torch.META
        Assert.All(net.parameters (), fun p -> Assert.Equal(DeviceType.META, p.device_type))
        let graph = DescribingGraph net
        let y = net.Forward(graph, Described.Vector net.Inputs)
        Assert.Equal<int64[]>([| net.Outputs |], Seq.toArray y.Shape)
        let sum = graph.Operations |> Seq.sumBy _.Parameters
        Assert.Equal((name, net.parameters () |> Seq.sumBy _.numel()), (name, sum))
        Assert.All(graph.Operations, fun o -> Assert.True(o.Parameters = 0L || o.Name <> "", o.Operation))

[<Fact>]
let ``Saved and loaded, a network is the same, its running statistics included`` () =
    for name, make in everyNetwork do
        use _ = torch.NewDisposeScope()
        use net = drawn make
        let x = normal "x" 5 net.Inputs
        net.Forward(graph, x) |> ignore
        use other = double (make torch.CPU)
        other.load_state_dict (net.state_dict ()) |> ignore
        net.eval ()
        other.eval ()
        Assert.Equal((name, 0.0), (name, off (net.Forward(graph, x)) (other.Forward(graph, x))))

let batch = LayerOptions(Normalisation.Batch, 0.001, 0.001)

let describe (net: Network) =
    let graph = DescribingGraph net
    net.Forward(graph, Described.Vector net.Inputs) |> ignore
    graph.Operations

/// What two 3×3 convolutions without bias between 64 maps take, each with a batch norm (scale and shift) before it.
let block = 2L * 64L + 9L * 64L * 64L + 2L * 64L + 9L * 64L * 64L

[<Fact>]
let ``The residual encoder of 28x28 pixels with 128 outputs has 1,877,574 parameters`` () =
    use net =
        new ResnetEncoder(ImageShape(1L, 28L, 28L), 128L, ResnetOptions(), batch, torch.META)

    let byHand =
        (2L + 9L * 64L + 2L * 64L + 9L * 64L * 64L) // the first block widens one map to 64
        + 5L * block
        + 2L * 64L // batch norm before flattening
        + (7L * 7L * 64L * 450L + 2L * 450L) // 28 halved twice is 7; no bias before a batch norm
        + (450L * 128L + 2L * 128L)

    Assert.Equal(1877574L, byHand)
    Assert.Equal(byHand, net.parameters () |> Seq.sumBy _.numel())

[<Fact>]
let ``The residual decoder of 64 latent dimensions has 644,865 parameters`` () =
    use net =
        new ResnetDecoder(64L, ImageShape(1L, 28L, 28L), ResnetOptions(), batch, torch.META)

    let byHand =
        (7L * 7L * 64L * 64L + 64L) // z to 7x7 with a bias: no batch norm follows
        + 6L * block
        + 2L * 64L
        + (64L + 1L) // 1x1 convolution to the logits

    Assert.Equal(644865L, byHand)
    Assert.Equal(byHand, net.parameters () |> Seq.sumBy _.numel())

/// A convolution multiplies and adds 9 · 64 · 64 times for each pixel that it makes; a transposed one for each that it gets.
[<Fact>]
let ``The convolutions' costs are what they multiply and add`` () =
    let kernel = 2L * 9L * 64L * 64L

    let costs (net: Network) operation =
        [
            for o in describe net do
                if o.Operation = operation then
                    o.Flops
        ]

    use encoder =
        new ResnetEncoder(ImageShape(1L, 28L, 28L), 128L, ResnetOptions(), batch, torch.META)

    let pixels side = side * side

    let later =
        [ 28L; 28L; 28L; 14L; 14L; 14L; 14L; 7L; 7L; 7L; 7L ]
        |> List.map (fun side -> kernel * pixels side)

    Assert.Equal<int64 list>(2L * 9L * 64L * pixels 28L :: later, costs encoder "Conv2d")

    use decoder =
        new ResnetDecoder(64L, ImageShape(1L, 28L, 28L), ResnetOptions(), batch, torch.META)

    let first = 2L * 49L * 64L * 64L + 49L * 64L // one pixel to 7x7, and a bias
    Assert.Equal<int64 list>([ first; kernel * pixels 7L; kernel * pixels 14L ], costs decoder "ConvTranspose2d")

[<Fact>]
let ``Images that the strides do not divide are refused with both numbers`` () =
    let refused make =
        Assert.Throws<ArgumentException>(fun () -> make () |> ignore).Message

    let sentence = "Strides of 4 in all don't divide an image of 28x18."
    let odd = ImageShape(1L, 28L, 18L)
    let plain = LayerOptions()
    Assert.Equal(sentence, refused (fun () -> new ResnetEncoder(odd, 4L, ResnetOptions(), plain)))
    Assert.Equal(sentence, refused (fun () -> new ResnetDecoder(4L, odd, ResnetOptions(), plain)))
    Assert.Equal(sentence, refused (fun () -> new SnfEncoder(odd, 4L, 2L, true, plain)))
    Assert.Equal(sentence, refused (fun () -> new SnfDecoder(4L, odd, 2L, true, plain)))
    let strided = ConvOptions([| 2; 2 |], [| 3; 3 |], [| 2; 2 |])
    Assert.Equal(sentence, refused (fun () -> new ConvEncoder(odd, 4L, strided, plain)))
    Assert.Equal(sentence, refused (fun () -> new ConvDecoder(4L, odd, strided, plain)))
    let even = ConvOptions([| 2 |], [| 4 |], [| 2 |])
    Assert.Contains("kernels are odd", refused (fun () -> new ConvEncoder(ImageShape(1L, 8L, 8L), 4L, even, plain)))
