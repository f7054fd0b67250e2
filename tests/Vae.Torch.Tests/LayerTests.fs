/// Layers against their formulas, in float64.
module Vae.Tests.LayerTests

open System
open TorchSharp
open TorchSharp.Modules
open Xunit

type Tensor = torch.Tensor
type F = torch.nn.functional

let f64 = Nullable torch.ScalarType.Float64

let values (t: Tensor) =
    t.detach().contiguous().reshape([| -1L |]).data<double>().ToArray()

/// Some numbers without a pattern that a layer could profit from.
let some (salt: int) (shape: int64[]) =
    let n = int (Array.fold (*) 1L shape)
    torch.tensor([| for i in 0 .. n - 1 -> sin (float (i * i + salt * 17) * 0.7) |]).reshape shape

let near (expected: float[]) (actual: float[]) =
    Assert.Equal(expected.Length, actual.Length)
    Array.iter2 (fun (e: float) (a: float) -> Assert.Equal(e, a, 10)) expected actual

let fill (p: Parameter) (value: Tensor) =
    use _ = torch.no_grad ()
    p.copy_ value |> ignore

[<Fact>]
let ``Linear is x Wᵀ + b`` () =
    use layer = torch.nn.Linear(3L, 2L, dtype = f64)
    fill layer.weight (torch.tensor([| 1.0; 2.0; 3.0; 4.0; 5.0; 6.0 |]).reshape(2L, 3L))
    fill layer.bias (torch.tensor [| 10.0; 20.0 |])

    near
        [| 10.0 + 1.0 - 3.0; 20.0 + 4.0 - 6.0 |]
        (values (layer.call (torch.tensor([| 1.0; 0.0; -1.0 |]).reshape(1L, 3L))))

/// The convolution's definition, one product at a time.
let naive (x: Tensor) (w: Tensor) (b: Tensor) (sh, sw) (ph, pw) (dh, dw) groups =
    let xs, ws = x.shape |> Array.map int, w.shape |> Array.map int
    let xv, wv, bv = values x, values w, values b

    let at (shape: int[]) n c i j =
        ((n * shape[1] + c) * shape[2] + i) * shape[3] + j

    let out (size: int) k s p d =
        (size + 2 * p - d * (k - 1) - 1) / s + 1

    let oh, ow = out xs[2] ws[2] sh ph dh, out xs[3] ws[3] sw pw dw

    [|
        for n in 0 .. xs[0] - 1 do
            for o in 0 .. ws[0] - 1 do
                for i in 0 .. oh - 1 do
                    for j in 0 .. ow - 1 do
                        let mutable sum = bv[o]

                        for c in 0 .. ws[1] - 1 do
                            for u in 0 .. ws[2] - 1 do
                                for v in 0 .. ws[3] - 1 do
                                    let y, z = i * sh - ph + u * dh, j * sw - pw + v * dw

                                    if y >= 0 && y < xs[2] && z >= 0 && z < xs[3] then
                                        let channel = o / (ws[0] / groups) * ws[1] + c
                                        sum <- sum + xv[at xs n channel y z] * wv[at ws o c u v]

                        sum
    |]

[<Fact>]
let ``Conv2d equals the naive loop for every stride, padding, dilation and number of groups`` () =
    let x = some 1 [| 2L; 4L; 9L; 7L |]

    for groups in [ 1; 2 ] do
        for stride in [ (1, 1); (2, 3) ] do
            for padding in [ (0, 0); (2, 1) ] do
                for dilation in [ (1, 1); (2, 1) ] do
                    let wide (a: int, b: int) =
                        Nullable<struct (int64 * int64)>(struct (int64 a, int64 b))

                    use layer =
                        torch.nn.Conv2d(
                            4L,
                            6L,
                            struct (3L, 2L),
                            stride = wide stride,
                            padding = wide padding,
                            dilation = wide dilation,
                            groups = int64 groups,
                            dtype = f64
                        )

                    near (naive x layer.weight layer.bias stride padding dilation groups) (values (layer.call x))

[<Fact>]
let ``Conv2d pads to the same size, and with what it is told to`` () =
    let x = some 1 [| 1L; 1L; 4L; 5L |]
    use same = torch.nn.Conv2d(1L, 1L, 3L, Padding.Same, dtype = f64)
    near (naive x same.weight same.bias (1, 1) (1, 1) (1, 1) 1) (values (same.call x))

    for mode, rows, columns in
        [
            PaddingModes.Reflect, [ 1; 0; 1; 2; 3; 2 ], [ 1; 0; 1; 2; 3; 4; 3 ]
            PaddingModes.Replicate, [ 0; 0; 1; 2; 3; 3 ], [ 0; 0; 1; 2; 3; 4; 4 ]
            PaddingModes.Circular, [ 3; 0; 1; 2; 3; 0 ], [ 4; 0; 1; 2; 3; 4; 0 ]
        ] do
        use layer =
            torch.nn.Conv2d(1L, 1L, 3L, padding = 1L, padding_mode = mode, dtype = f64)

        let xv = values x

        let padded =
            torch
                .tensor(
                    [|
                        for i in rows do
                            for j in columns -> xv[i * 5 + j]
                    |]
                )
                .reshape(1L, 1L, 6L, 7L)

        near (naive padded layer.weight layer.bias (1, 1) (0, 0) (1, 1) 1) (values (layer.call x))

[<Fact>]
let ``ConvTranspose2d is the adjoint of Conv2d: ⟨C x, y⟩ = ⟨x, Cᵀ y⟩`` () =
    for stride, padding, dilation, extra in [ (1L, 0L, 1L, 0L); (2L, 1L, 1L, 1L); (3L, 2L, 2L, 0L) ] do
        use back =
            torch.nn.ConvTranspose2d(3L, 2L, 3L, stride, padding, extra, dilation, bias = false, dtype = f64)

        let y = some 2 [| 2L; 3L; 4L; 5L |]
        let up = back.call y
        let x = some 3 up.shape

        let forward =
            F.conv2d (x, back.weight, null, [| stride; stride |], [| padding; padding |], [| dilation; dilation |])

        Assert.Equal<int64[]>(y.shape, forward.shape)
        Assert.Equal((values ((forward * y).sum()))[0], (values ((x * up).sum()))[0], 9)

[<Fact>]
let ``ConvTranspose2d makes the size it is asked for, or says which it can make`` () =
    use layer = torch.nn.ConvTranspose2d(1L, 1L, 3L, stride = 2L, padding = 1L)
    let x = torch.zeros [| 1L; 1L; 7L; 7L |]
    Assert.Equal<int64[]>([| 1L; 1L; 14L; 13L |], (layer.forward (x, [| 14L; 13L |])).shape)

    let e =
        Assert.Throws<ArgumentException>(fun () -> layer.forward (x, [| 15L; 13L |]) |> ignore)

    Assert.Contains("the size 15 of 7; it can make 13 to 14", e.Message)

let moments (xs: float[]) =
    let mean = Array.average xs
    mean, Array.averageBy (fun x -> (x - mean) ** 2.0) xs

[<Fact>]
let ``BatchNorm uses the batch's moments in training and keeps running ones, the variance unbiased`` () =
    use layer = torch.nn.BatchNorm1d(2L, eps = 1e-3, momentum = 0.25, dtype = f64)
    fill layer.weight (torch.tensor [| 2.0; 3.0 |])
    fill layer.bias (torch.tensor [| -1.0; 1.0 |])
    let x = some 5 [| 6L; 2L |]

    let column c =
        [| for i in 0..5 -> (values x)[i * 2 + c] |]

    let w, b = [| 2.0; 3.0 |], [| -1.0; 1.0 |]

    let normalised mean variance c v =
        (v - mean) / sqrt (variance + 1e-3) * w[c] + b[c]

    let y = values (layer.call x)

    for c in 0..1 do
        let mean, variance = moments (column c)
        near (column c |> Array.map (normalised mean variance c)) [| for i in 0..5 -> y[i * 2 + c] |]
        Assert.Equal(0.25 * mean, (values layer.running_mean)[c], 12)
        Assert.Equal(0.75 + 0.25 * variance * 6.0 / 5.0, (values layer.running_var)[c], 12)

    layer.eval ()
    let still = values (layer.call x)

    for c in 0..1 do
        let mean, variance = (values layer.running_mean)[c], (values layer.running_var)[c]
        near (column c |> Array.map (normalised mean variance c)) [| for i in 0..5 -> still[i * 2 + c] |]

    Assert.Equal(1L, layer.num_batches_tracked.item<int64>())

[<Fact>]
let ``BatchNorm without a momentum averages all batches alike`` () =
    use layer = torch.nn.BatchNorm2d(1L, dtype = f64)
    layer.momentum <- Nullable()
    let batches = [ for k in 1..3 -> some k [| 2L; 1L; 2L; 2L |] ]
    batches |> List.iter (layer.call >> ignore)
    Assert.Equal(batches |> List.averageBy (values >> Array.average), (values layer.running_mean)[0], 12)

[<Fact>]
let ``BatchNorm refuses a shape that is not its own`` () =
    use layer = torch.nn.BatchNorm2d 3L

    let e =
        Assert.Throws<ArgumentException>(fun () -> layer.call (torch.zeros [| 2L; 3L |]) |> ignore)

    Assert.Contains("takes 4 dimensions, got [2, 3]", e.Message)

[<Fact>]
let ``LayerNorm uses each row's own moments`` () =
    use layer = torch.nn.LayerNorm([| 4L |], eps = 1e-3, dtype = f64)
    fill layer.weight (torch.tensor [| 1.0; 2.0; 3.0; 4.0 |])
    fill layer.bias (torch.tensor [| 4.0; 3.0; 2.0; 1.0 |])
    let x = some 6 [| 3L; 4L |]
    let y = values (layer.call x)

    for i in 0..2 do
        let row = (values x)[i * 4 .. i * 4 + 3]
        let mean, variance = moments row

        near
            (row
             |> Array.mapi (fun j v -> (v - mean) / sqrt (variance + 1e-3) * float (j + 1) + float (4 - j)))
            y[i * 4 .. i * 4 + 3]

[<Fact>]
let ``Activations are their formulas`` () =
    let xs = [| -30.0; -2.0; -0.5; 0.0; 0.5; 2.0; 30.0 |]
    let x = torch.tensor xs
    let sigmoid v = 1.0 / (1.0 + exp -v)

    let is (layer: torch.nn.Module<Tensor, Tensor>) f =
        near (Array.map f xs) (values (layer.call x))

    is (torch.nn.ReLU()) (max 0.0)
    is (torch.nn.Tanh()) tanh
    is (torch.nn.Sigmoid()) sigmoid
    is (torch.nn.ELU 0.5) (fun v -> if v > 0.0 then v else 0.5 * (exp v - 1.0))
    is (torch.nn.Softplus()) (fun v -> if v > 20.0 then v else log (1.0 + exp v))
    is (torch.nn.Identity()) id
    near (Array.map (fun v -> -log(1.0 + exp -v)) xs) (values (F.logsigmoid x))
    let inplace = torch.tensor xs
    (torch.nn.ReLU true).call inplace |> ignore
    near (Array.map (max 0.0) xs) (values inplace)

[<Fact>]
let ``Binary cross entropy with logits is −t log σ(x) − (1 − t) log (1 − σ(x))`` () =
    let x, t = [| -3.0; 0.2; 4.0 |], [| 1.0; 0.0; 0.25 |]
    let sigmoid v = 1.0 / (1.0 + exp -v)

    let expected =
        Array.map2 (fun x t -> -t * log (sigmoid x) - (1.0 - t) * log (1.0 - sigmoid x)) x t

    let loss reduction =
        F.binary_cross_entropy_with_logits (torch.tensor x, torch.tensor t, reduction = reduction)

    near expected (values (loss torch.nn.Reduction.None))
    near [| Array.sum expected |] (values (loss torch.nn.Reduction.Sum))
    near [| Array.average expected |] (values (loss torch.nn.Reduction.Mean))

[<Fact>]
let ``Images are doubled by nearest neighbour, and bilinearly between corners`` () =
    let x = torch.tensor([| 1.0; 2.0; 3.0; 4.0 |]).reshape(1L, 1L, 2L, 2L)
    let nearest = F.interpolate (x, scale_factor = [| 2.0; 2.0 |])

    near
        [|
            1.0
            1.0
            2.0
            2.0
            1.0
            1.0
            2.0
            2.0
            3.0
            3.0
            4.0
            4.0
            3.0
            3.0
            4.0
            4.0
        |]
        (values nearest)

    let smooth =
        F.interpolate (x, [| 3L; 3L |], mode = torch.InterpolationMode.Bilinear, align_corners = true)

    near [| 1.0; 1.5; 2.0; 2.0; 2.5; 3.0; 3.0; 3.5; 4.0 |] (values smooth)

[<Fact>]
let ``Layers begin within ±1/√fan_in, evenly`` () =
    let even (bound: float) (xs: float[]) =
        Assert.All(xs, fun x -> Assert.InRange(x, -bound, bound))
        let mean, variance = moments xs
        Assert.InRange(mean, -0.05 * bound, 0.05 * bound)
        Assert.InRange(variance / (bound * bound / 3.0), 0.95, 1.05)

    use linear = torch.nn.Linear(100L, 400L, dtype = f64)
    even 0.1 (values linear.weight)
    Assert.All(values linear.bias, fun b -> Assert.InRange(b, -0.1, 0.1))
    use conv = torch.nn.Conv2d(25L, 200L, 2L, dtype = f64)
    even 0.1 (values conv.weight)
    use transposed = torch.nn.ConvTranspose2d(200L, 25L, 2L, dtype = f64)
    even 0.1 (values transposed.weight)

[<Fact>]
let ``Xavier and Kaiming have the standard deviation of their papers`` () =
    let t = torch.zeros ([| 300L; 100L |], f64)

    let deviation (filled: Tensor) =
        filled |> values |> moments |> snd |> sqrt

    let within expected actual =
        Assert.InRange(actual / expected, 0.97, 1.03)

    within (sqrt (2.0 / 400.0)) (deviation (torch.nn.init.xavier_normal_ t))
    within (3.0 * sqrt (2.0 / 400.0)) (deviation (torch.nn.init.xavier_uniform_ (t, 3.0)))
    within (sqrt (2.0 / 100.0)) (deviation (torch.nn.init.kaiming_normal_ t))
    within (sqrt (2.0 / 300.0)) (deviation (torch.nn.init.kaiming_uniform_ (t, mode = torch.nn.init.FanInOut.FanOut)))
    within (sqrt (2.0 / (1.0 + 5.0) / 100.0)) (deviation (torch.nn.init.kaiming_uniform_ (t, a = sqrt 5.0)))
    within 0.5 (deviation (torch.nn.init.normal_ (t, 1.0, 0.5)))

[<Fact>]
let ``Filling a parameter is not recorded by autograd`` () =
    use p = new Parameter(torch.empty [| 3L |])
    torch.nn.init.constant_ (p, 2.5) |> ignore
    Assert.True p.is_leaf
    use copy = p.detach().``double``()
    near [| 2.5; 2.5; 2.5 |] (values copy)
