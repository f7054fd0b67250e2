/// Layers whose factors are rounded, against the same layers in float64 with weights and inputs that were rounded before.
module Vae.Tests.PrecisionTests

open TorchSharp
open Vae.Core
open Vae.Core.Graphs
open Vae.Core.Networks
open Vae.Primitives
open Vae.Torch
open Xunit

type private Tensor = torch.Tensor

let private bfloat16: IGraph<Tensor> =
    TensorGraph(Factors = torch.ScalarType.BFloat16)

let private exact: IGraph<Tensor> = TensorGraph()

let private normal (stream: string) (sizes: int64 list) =
    let key = PhiloxKey(3u, Philox.StreamOf stream)
    use rows = torch.arange (1, dtype = torch.ScalarType.Int64)
    PhiloxTensor.Normal(key, 0L, rows, 0L, 1L, List.reduce (*) sizes).view(Array.ofList sizes)

/// Each layer with its input's shape.
let private layers
    : (string * int64 list * (unit -> torch.nn.Module) * (torch.nn.Module -> IGraph<Tensor> -> Tensor -> Tensor)) list =
    let layer name sizes (make: unit -> Layer) =
        name,
        sizes,
        (fun () -> make () :> torch.nn.Module),
        (fun (m: torch.nn.Module) g x -> (m :?> Layer).Forward(g, x))

    [
        layer "dense" [ 5L; 40L ] (fun () -> new Dense(40L, 30L))
        layer "dense in weight norm" [ 5L; 40L ] (fun () ->
            new Dense(40L, 30L, LayerOptions(Normalisation = Normalisation.Weight)))
        layer "convolution" [ 2L; 16L; 6L; 6L ] (fun () -> Convolution.Same(16L, 16L, 3L, 1L, null))
        layer "transposed convolution" [ 2L; 8L; 5L; 5L ] (fun () -> TransposedConvolution.Same(8L, 6L, 3L, 2L, null))
        "masked linear",
        [ 5L; 60L ],
        (fun () ->
            new MaskedLinear(Array.init 60 (fun i -> int64 i / 20L), Array.init 90 (fun i -> int64 i / 30L), false)),
        (fun m g x -> (m :?> MaskedLinear).Forward(g, x))
    ]

let private doubles (t: Tensor) =
    t.detach().``double``().contiguous().reshape(-1L).data<float>().ToArray()

/// The greatest difference, as a part of the greatest of the expected numbers.
let private distance (expected: float[]) (actual: float[]) =
    Assert.Equal(expected.Length, actual.Length)

    (Array.map2 (fun e a -> abs (e - a)) expected actual |> Array.max)
    / (expected |> Array.map abs |> Array.max)

[<Fact>]
let ``A layer with rounded factors is the product of the rounded numbers, with float32 around it`` () =
    for name, sizes, make, forward in layers do
        use _ = torch.NewDisposeScope()
        use layer = make ()
        Initialisation.Draw(layer, 2u)
        let x = normal "x" sizes
        x.requires_grad <- true
        let y = forward layer bfloat16 x
        Assert.Equal(torch.ScalarType.Float32, y.dtype)
        let weights = normal "weights" (List.ofArray y.shape)
        (y * weights).sum().backward()

        let gradients =
            [ for struct (_, p) in layer.named_parameters () -> p.grad ] @ [ x.grad ]

        for gradient in gradients do
            Assert.Equal(torch.ScalarType.Float32, gradient.dtype)

        let gradients = gradients |> List.map doubles
        let full = doubles (forward layer exact x)

        // The same in float64, of rounded numbers. A gain isn't a factor: with weight norm what is rounded is the product W g / |W|.
        let rounded (t: Tensor) = t.detach().bfloat16().``double``()
        let precise = ModuleExtensionMethods.``to`` (layer, torch.ScalarType.Float64)
        let isNormed = name.Contains "norm"

        if not isNormed then
            use _ = torch.no_grad ()

            for struct (key, p) in precise.named_parameters () do
                if key.EndsWith "weight" then
                    p.copy_ (rounded p) |> ignore

        precise.zero_grad ()
        let x = rounded x
        x.requires_grad <- true
        let expected = forward precise exact x
        (expected * weights.``double`` ()).sum().backward()

        let step = 1.0 / 256.0 // of bfloat16's 8 bits: half of it for what is rounded, and as much for the factors in weight norm
        Assert.InRange(distance (doubles expected) (doubles y), 0.0, (if isNormed then 2.0 else 1.0) * step)
        Assert.InRange(distance full (doubles y), 1e-5, 4.0 * step) // and rounded it was

        let wanted =
            [ for struct (_, p) in precise.named_parameters () -> p.grad ] @ [ x.grad ]

        for e, g in List.zip wanted gradients do
            Assert.InRange(distance (doubles e) g, 0.0, 4.0 * step)

[<Fact>]
let ``TensorFloat-32 is allowed for products and for convolutions apart`` () =
    let allowed () =
        torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32

    for products, convolutions in [ true, false; false, true; true, true; false, false ] do
        torch.backends.cuda.matmul.allow_tf32 <- products
        torch.backends.cudnn.allow_tf32 <- convolutions
        Assert.Equal((products, convolutions), allowed ())
