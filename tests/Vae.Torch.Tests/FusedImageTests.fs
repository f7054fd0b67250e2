module Vae.Tests.FusedImageTests

open System
open TorchSharp
open Vae.Tests.FusedChecks
open Vae.Torch
open Xunit

/// Images and kernels, and what a convolution and its gradients are in float64.
let private convolved (n: int64, c: int64, k: int64, h: int64, w: int64) =
    let tensor stream (shape: int64[]) =
        (normal stream (1L, 1L, Array.reduce (*) shape)).view shape

    let x = tensor "image" [| n; c; h; w |]

    let weight =
        (tensor "kernel" [| k; c; 3L; 3L |]).div(Scalar.op_Implicit (sqrt (9.0 * float c)))

    let g = tensor "gradient" [| n; k; h; w |]

    let all
        (x: torch.Tensor)
        (weight: torch.Tensor)
        (g: torch.Tensor)
        (convolve: torch.Tensor -> torch.Tensor -> torch.Tensor)
        =
        let x, weight = x.detach().requires_grad_(), weight.detach().requires_grad_()
        let y = convolve x weight
        y.backward [| g |]
        [ y.detach (); x.grad; weight.grad ]

    let fused = all x weight g (fun x w -> Fused.Convolution3x3(x, w))

    let truth =
        all (x.``double`` ()) (weight.``double`` ()) (g.``double`` ()) (fun x w ->
            torch.nn.functional.conv2d (x, w, padding = [| 1L; 1L |]))

    List.zip fused truth

[<Fact>]
let ``a convolution of 3 x 3 and both its gradients equal float64's, for images of every parity and blocks of every size``
    ()
    =
    use _ = torch.NewDisposeScope()

    for shape in
        [
            1L, 16L, 16L, 1L, 1L
            3L, 16L, 32L, 7L, 7L
            2L, 64L, 64L, 28L, 28L
            5L, 32L, 48L, 9L, 12L
            2L, 80L, 16L, 6L, 30L
            1L, 16L, 64L, 2L, 200L
        ] do
        for actual, expected in convolved shape do
            let error = (actual.``double`` () - expected).abs().max() / expected.abs().max()
            Assert.InRange(error.item<float>(), 0.0, 3e-6)

[<Fact>]
let ``a convolution has the same bits whatever else is in the batch`` () =
    use _ = torch.NewDisposeScope()
    let x = (normal "image" (1L, 1L, 5L * 16L * 11L * 11L)).view(5L, 16L, 11L, 11L)
    let weight = (normal "kernel" (1L, 1L, 16L * 16L * 9L)).view(16L, 16L, 3L, 3L)
    let together = Fused.Convolution3x3(x, weight)

    for i in 0L .. 4L do
        let alone = Fused.Convolution3x3(x.narrow (0L, i, 1L), weight)
        Assert.Equal<float[]>(doubles (together.narrow (0L, i, 1L)), doubles alone)

[<Fact>]
let ``a convolution of what isn't contiguous, with several threads, and with one gradient alone, is the same`` () =
    use _ = torch.NewDisposeScope()
    let x = (normal "image" (1L, 1L, 6L * 16L * 20L * 22L)).view(6L, 16L, 20L, 22L)
    let weight = (normal "kernel" (1L, 1L, 32L * 16L * 9L)).view(32L, 16L, 3L, 3L)
    let g = (normal "gradient" (1L, 1L, 6L * 32L * 20L * 22L)).view(6L, 32L, 20L, 22L)

    let strided (t: torch.Tensor) =
        t.transpose(0L, 1L).contiguous().transpose(0L, 1L)

    let all (x: torch.Tensor) (weight: torch.Tensor) (g: torch.Tensor) ofX ofWeight =
        let x, weight =
            x.detach().requires_grad_ ofX, weight.detach().requires_grad_ ofWeight

        let y = Fused.Convolution3x3(x, weight)
        y.backward [| g |]
        doubles (y.detach ()), (if ofX then doubles x.grad else [||]), (if ofWeight then doubles weight.grad else [||])

    let y, dx, dw = all x weight g true true

    let same (y2, dx2, dw2) =
        Assert.Equal<float[]>(y, y2)
        Assert.Equal<float[]>(dx, (if dx2 = [||] then dx else dx2))
        Assert.Equal<float[]>(dw, (if dw2 = [||] then dw else dw2))

    same (all (strided x) (strided weight) (strided g) true true)
    same (all x weight g true false)
    same (all x weight g false true)
    let before = torch.get_num_threads ()
    torch.set_num_threads 3

    try
        let y3, dx3, dw3 = all x weight g true true
        same (y3, dx3, [||])
        Array.iter2 (fun (e: float) a -> Assert.Equal(e, a, 1e-3)) dw dw3 // sums of 2,640 products, in another order
    finally
        torch.set_num_threads before

[<Fact>]
let ``a convolution is taken as it is where the fused one doesn't apply`` () =
    use _ = torch.NewDisposeScope()
    let image = torch.zeros ([| 1L; 8L; 4L; 4L |])
    Assert.Null(Fused.Convolution3x3(image, torch.zeros ([| 16L; 8L; 3L; 3L |])))
    Assert.Null(Fused.Convolution3x3(torch.zeros ([| 1L; 16L; 4L; 4L |]), torch.zeros ([| 16L; 16L; 5L; 5L |])))

    Assert.Null(
        Fused.Convolution3x3(
            torch.zeros([| 1L; 16L; 4L; 4L |]).``double``(),
            torch.zeros([| 16L; 16L; 3L; 3L |]).``double``()
        )
    )

/// Images whose channels have means and scales of their own, a weight and a bias with both signs, and running averages.
let private channels (shape: int64 list) =
    let count = shape[1]
    let one = [ 1L; count; 1L; 1L ]

    let positive stream =
        (numbers stream [ count ]).abs() + Scalar.op_Implicit 0.3

    let x =
        numbers "x" shape * (positive "scale").view(List.toArray one)
        + (numbers "mean" one).mul(Scalar.op_Implicit 3.0)

    [ x; numbers "weight" [ count ]; numbers "bias" [ count ] ],
    (numbers "running mean" [ count ], positive "running variance")

/// The fused operator, and the composition, each with its own running averages; x, weight and bias in a list.
let private normElu training (mean: torch.Tensor, variance: torch.Tensor) (inputs: torch.Tensor list) =
    match inputs with
    | [ x; weight; bias ] when x.dtype = torch.ScalarType.Float32 ->
        Fused.BatchNormElu(x, weight, bias, mean, variance, training, 0.1, 1e-3)
    | [ x; weight; bias ] -> torch.nn.functional.batch_norm(x, mean, variance, weight, bias, training, 0.1, 1e-3).elu()
    | _ -> invalidArg (nameof inputs) "x, weight and bias"

[<Theory>]
[<InlineData(true)>]
[<InlineData(false)>]
let ``the ELU of a batch norm and all its gradients equal their composition in float64, the running averages too``
    training
    =
    use _ = torch.NewDisposeScope()

    for shape in
        [
            [ 5L; 3L; 7L; 9L ]
            [ 1L; 2L; 4L; 4L ]
            [ 32L; 16L; 1L; 1L ]
            [ 2L; 1L; 1L; 1L ]
            [ 3L; 70L; 28L; 28L ]
        ] do
        let inputs, (mean, variance) = channels shape
        let single = mean.clone (), variance.clone ()
        let double = mean.``double`` (), variance.``double`` ()

        agree
            [ for t in inputs -> t, true ]
            (normElu training single >> List.singleton)
            (normElu training double >> List.singleton)

        for mine, truth in [ fst single, fst double; snd single, snd double ] do
            Assert.True(mine.allclose (truth.``float`` (), rtol = 1e-5, atol = 1e-6))

        Assert.Equal(training, not ((fst single).allclose mean))

[<Fact>]
let ``the ELU of a batch norm takes images that aren't contiguous, and gradients of some inputs alone, with the same bits by any number of threads``
    ()
    =
    use _ = torch.NewDisposeScope()
    let inputs, averages = channels [ 8L; 12L; 33L; 31L ]

    let strided (t: torch.Tensor) =
        t.transpose(0L, 1L).contiguous().transpose(0L, 1L)

    let g = numbers "gradient" [ 8L; 12L; 33L; 31L ]

    let all (given: torch.Tensor list) (g: torch.Tensor) (wanted: bool list) =
        let given = [ for t, w in List.zip given wanted -> t.detach().requires_grad_ w ]
        let mean, variance = averages
        let y: torch.Tensor = normElu true (mean.clone (), variance.clone ()) given
        y.backward [| g |]

        doubles (y.detach ())
        :: [ for t, w in List.zip given wanted -> if w then doubles t.grad else [||] ]

    let expected = all inputs g [ true; true; true ]

    let same wanted (actual: float[] list) =
        for e, a, w in List.zip3 expected actual (true :: wanted) do
            if w then
                Assert.Equal<float[]>(e, a)

    same [ true; true; true ] (all (strided inputs.Head :: inputs.Tail) (strided g) [ true; true; true ])
    same [ true; false; false ] (all inputs g [ true; false; false ])
    same [ false; true; false ] (all inputs g [ false; true; false ])
    let before = torch.get_num_threads ()
    torch.set_num_threads 3

    try
        same [ true; true; true ] (all inputs g [ true; true; true ])
    finally
        torch.set_num_threads before

[<Fact>]
let ``the ELU of a batch norm shows NaN and infinity, and is left to the composition for vectors and float64`` () =
    use _ = torch.NewDisposeScope()
    let inputs, (mean, variance) = channels [ 2L; 3L; 2L; 2L ]
    inputs.Head.select(1L, 1L).fill_(Scalar.op_Implicit nan) |> ignore
    let y: torch.Tensor = normElu true (mean.clone (), variance.clone ()) inputs
    Assert.Equal<bool list>([ false; true; false ], [ for c in 0L .. 2L -> y.select(1L, c).isnan().all().item<bool>() ])
    let vectors = torch.zeros ([| 4L; 3L |])
    Assert.Null(Fused.BatchNormElu(vectors, mean, mean, mean, variance, true, 0.1, 1e-3))
    let precise = inputs.Head.``double`` ()
    Assert.Null(Fused.BatchNormElu(precise, mean, mean, mean, variance, true, 0.1, 1e-3))

    let refused =
        Assert.ThrowsAny<Exception>(fun () ->
            Fused.BatchNormElu(inputs.Head, numbers "w" [ 2L ], mean, mean, variance, true, 0.1, 1e-3)
            |> ignore)

    Assert.Contains("a number for each channel is expected", refused.Message)
