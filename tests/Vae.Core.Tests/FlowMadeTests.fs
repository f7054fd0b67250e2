/// Masks proved by gradients, products by panels held equal to the dense ones, and the deep VAE's flow counted by hand.
module Vae.Tests.FlowMadeTests

open System
open TorchSharp
open TorchSharp.Modules
open Vae.Core
open Vae.Core.Flows
open Vae.Core.Graphs
open Vae.Core.Networks
open Vae.Primitives
open Vae.Tests.FlowLawTests
open Xunit

let private randomise (m: #torch.nn.Module) =
    ModuleExtensionMethods.``to`` (m, torch.ScalarType.Float64) |> ignore
    m.eval ()
    use _ = torch.no_grad ()

    for struct (name, p) in m.named_parameters () do
        p.copy_ ((normal (Philox.StreamOf name) 1L (p.numel ())).reshape(p.shape).mul(Scalar.op_Implicit 0.5))
        |> ignore

    m

let private degrees (numbers: int seq) = numbers |> Seq.map int64 |> Array.ofSeq

/// Every number of a dimension hears every dimension before it, through some path, and no other; the mask is exact, so zero is 0.0.
[<Fact>]
let ``MADE's outputs depend on exactly the dimensions before theirs, or, reversed, after them`` () =
    let forms =
        [
            for reversed in [ false; true ] do
                for norm in [ false; true ] do
                    MadeForm(Reversed = reversed, BatchNorm = norm)
                    MadeForm(Reversed = reversed, BatchNorm = norm, Blocks = true, Activation = Activation.Elu)
        ]

    for size in [ 1L; 2L; 5L ] do
        for form in forms do
            let hidden =
                if form.Blocks then
                    [ [| 10; 20 |]; [| 60; 60 |]; [||] ]
                else
                    [ [| 64 |]; [| 64; 96; 64 |]; [||] ]

            if not form.Blocks || size > 1L then
                for hidden in hidden do
                    for numbers in [ 1; 3 ] do
                        use _ = torch.NewDisposeScope()

                        use net =
                            randomise (new Made(size, hidden, 0L, PhiloxKey(1u, 2u), torch.CPU, form, numbers))

                        let points =
                            [
                                for p in 1u .. 4u ->
                                    jacobian (fun z -> net.Forward(graph, z, null)) (values (normal p 1L size))
                            ]

                        for row in 0 .. numbers * int size - 1 do
                            for j in 0 .. int size - 1 do
                                let i = row % int size
                                let slopes = points |> List.map (fun a -> abs (a[row][j]))

                                if (if form.Reversed then j > i else j < i) then
                                    Assert.True(List.max slopes > 0.0, $"{form}: output {i} is deaf to input {j}")
                                else
                                    Assert.Equal(0.0, List.max slopes)

/// Degrees are 1 at least, so the first dimension has nothing to hear by but its own bias; a single dimension hears the context.
[<Fact>]
let ``The context reaches every dimension but the first, and a single one`` () =
    let slopes size hidden form =
        use _ = torch.NewDisposeScope()

        use net = randomise (new Made(size, hidden, 3L, PhiloxKey(1u, 2u), torch.CPU, form))

        let z = (normal 1u 1L size).squeeze 0L

        jacobian (fun h -> net.Forward(graph, z, h)) [| 0.3; -0.2; 1.0 |]
        |> Array.map (Array.sumBy abs)

    for form in [ MadeForm(); MadeForm(Blocks = true) ] do
        let wide = slopes 4L [| 64; 64 |] form

        Assert.Equal<bool[]>(
            [| false; true; true; true; false; true; true; true |],
            wide |> Array.map (fun s -> s > 0.0)
        )

    Assert.All(slopes 1L [| 64; 64 |] (MadeForm()), fun s -> Assert.True(s > 0.0))

[<Fact>]
let ``A context as wide as the first layer is added after its activation, and any other goes through a matrix before``
    ()
    =
    for width, added in [ 12, true; 5, false ] do
        use _ = torch.NewDisposeScope()

        let form =
            MadeForm(Blocks = true, BatchNorm = true, AddsContext = true, Activation = Activation.Elu)

        use net =
            randomise (new Made(4L, [| 12 |], int64 width, PhiloxKey(0u, 0u), torch.CPU, form))

        Assert.Equal(added, net.AddsContext)
        let z = normal 1u 1L 4L
        let f (h: torch.Tensor) = net.Forward(graph, z, h)
        let a, b = normal 2u 1L (int64 width), normal 3u 1L (int64 width)
        let bend = (f (a + b) - f a - f b + f (a.zeros_like ())).abs().max().item<float>()
        // Added behind the activation it's heard linearly.
        Assert.Equal(added, bend < 1e-12)

[<Fact>]
let ``Degrees follow from their key: equal keys give equal masks, others other ones; blocks need none`` () =
    let masks form stream =
        use net = new Made(8L, [| 32; 32 |], 0L, PhiloxKey(0u, stream), torch.CPU, form)

        [
            for struct (_, b) in net.named_buffers () do
                yield! b.data<float32>().ToArray()
        ]

    Assert.Equal<float32 list>(masks (MadeForm()) 1u, masks (MadeForm()) 1u)
    Assert.NotEqual<float32 list>(masks (MadeForm()) 1u, masks (MadeForm()) 2u)
    let block = MadeForm(Blocks = true)
    Assert.Equal<float32 list>(masks block 1u, masks block 2u)

[<Fact>]
let ``Widths that don't divide are refused for blocks`` () =
    let make size (hidden: int) =
        let make () =
            new Made(size, [| hidden |], 0L, PhiloxKey(0u, 0u), torch.CPU, MadeForm(Blocks = true))
            |> ignore

        Assert.Throws<ArgumentException>(make).Message

    Assert.Contains("multiples or divisors of their number: 10 units for 4", make 4L 10)
    Assert.Contains("two dimensions", make 1L 10)

/// Triangles, their mirror images, two triangles below each other, few inputs, few outputs, and masks without order.
let private layers =
    let ladder units size =
        degrees (Seq.init units (fun j -> 1 + j * size / units))

    [
        "square", ladder 192 8, ladder 192 8, false, 3
        "mirrored", Array.rev (ladder 192 8), Array.rev (ladder 192 8), false, 3
        "strict", ladder 192 8, Array.append (ladder 128 8) (ladder 128 8), true, 4
        "from few", ladder 8 8, ladder 640 8, false, 8
        "to few", ladder 640 8, ladder 8 8, true, 1
        "a row without inputs", ladder 64 8, Array.append (Array.create 64 1L) (Array.create 64 8L), true, 2
        "random", degrees [ for i in 0..127 -> 1 + i * 37 % 8 ], degrees [ for i in 0..127 -> 1 + i * 29 % 8 ], false, 1
    ]

[<Fact>]
let ``Products by panels and their gradients are those of the full masked matrix`` () =
    for name, from, towards, strict, count in layers do
        use _ = torch.NewDisposeScope()
        use layer = randomise (new MaskedLinear(from, towards, strict))
        let inputs, outputs = from.LongLength, towards.LongLength

        let mask =
            torch
                .tensor(
                    [|
                        for o in towards do
                            for i in from -> if (if strict then o > i else o >= i) then 1.0 else 0.0
                    |]
                )
                .reshape(outputs, inputs)

        let x = (normal 1u 6L inputs).reshape(2L, 3L, inputs).requires_grad_()
        let c = (normal 2u 6L outputs).reshape(2L, 3L, outputs)

        let gradients (y: torch.Tensor) =
            (y * y * c).sum().backward()

            let found =
                [ y; x.grad.clone (); layer.Weight.grad.clone (); layer.Bias.grad.clone () ]

            for t: torch.Tensor in [ x; layer.Weight; layer.Bias ] do
                t.grad.zero_ () |> ignore

            found

        let panels = gradients (layer.Forward(graph, x))

        let dense =
            gradients (torch.nn.functional.linear (x, layer.Weight * mask, layer.Bias))

        Assert.Equal((name, count), (name, layer.Panels.Count))

        for panel in layer.Panels do
            for o in panel.Row .. panel.Row + panel.Rows - 1L do
                for i in panel.Column .. panel.Column + panel.Columns - 1L do
                    let isPartial = i >= panel.Partial && i < panel.Partial + panel.Partials
                    Assert.True(isPartial || mask[o, i].item<float>() = 1.0, name)

        for a, b in List.zip panels dense do
            Assert.Equal<int64[]>(b.shape, a.shape)
            small 1e-11 (a - b)

[<Fact>]
let ``A triangle of 1920 by 1920 costs 9/16 of the full product, and no weight that lives is left out`` () =
    let ladder = degrees (Seq.init 1920 (fun j -> 1 + j / 30))
    use layer = new MaskedLinear(ladder, ladder, false, torch.META)
    let description = DescribingGraph layer
    layer.Forward(description, Described.Vector 1920L) |> ignore
    let flops = (Assert.Single description.Operations).Flops
    Assert.Equal(2L * 1920L * 1920L * 9L / 16L + 1920L, flops)
    Assert.Equal(1920L * 1920L + 1920L, (Assert.Single description.Operations).Parameters)

    for panel in layer.Panels do
        for o in panel.Row .. panel.Row + panel.Rows - 1L do
            // The last input that output o hears is the last of its block.
            Assert.True((o / 30L + 1L) * 30L <= panel.Column + panel.Columns && panel.Column = 0L)

        // Its 240 units have 8 degrees: all hear the inputs of the first, and those before.
        Assert.Equal(210L, panel.Partials)

/// Layers without biases; two numbers of scale and shift for each unit.
[<Fact>]
let ``The deep VAE's flow has 4,062,976 parameters a layer, and its gates begin at 3`` () =
    let form =
        MadeForm(Blocks = true, AddsContext = true, Activation = Activation.Elu, BatchNorm = true)

    let flow device =
        let made = new Made(64L, [| 1920; 1920 |], 1920L, PhiloxKey(0u, 0u), device, form)

        new InverseAutoregressiveFlow(made, 3.0, device)

    let expected =
        (64L * 1920L + 2L * 1920L)
        + (1920L * 1920L + 2L * 1920L)
        + (1920L * 128L + 2L * 128L)

    Assert.Equal(4062976L, expected)
    use described = flow torch.META
    Assert.Equal(expected, described.parameters () |> Seq.sumBy _.numel())
    use flow = flow torch.CPU
    Initialisation.Draw(flow, 1u)
    let shift = flow.get_parameter("made.norms.2.bias").data<float32>().ToArray()
    Assert.Equal<float32[]>([| for i in 0..127 -> if i < 64 then 0f else 3f |], shift)
