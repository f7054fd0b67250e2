module Vae.Tests.FusedTests

open System
open TorchSharp
open Vae.Tests.FusedChecks
open Vae.Primitives
open Vae.Torch
open Xunit

/// log-odds from tiny to extreme, and pixels 0, 1 and between; odd sizes, so that no row is a whole number of vectors.
let private example () =
    let logits = (normal "logits" (3L, 5L, 83L)).mul(Scalar.op_Implicit 8.0)

    logits.select(0L, 0L).select(0L, 0L).narrow(0L, 0L, 6L).copy_(torch.tensor [| 0f; -0f; 90f; -90f; 1e4f; -1e4f |])
    |> ignore

    let x =
        (normal "x" (1L, 5L, 83L)).select(0L, 0L).clamp(Scalar.op_Implicit 0.0, Scalar.op_Implicit 1.0)

    x, logits

/// In float64, by the formula, number by number.
let private reference (x: float[]) (logits: float[]) (d: int) (examples: int) =
    Array.init (logits.Length / d) (fun row ->
        Seq.sum (
            seq {
                for i in 0 .. d - 1 do
                    let l = logits[row * d + i]
                    x[row % examples * d + i] * l - (max l 0.0 + Math.Log(1.0 + exp (-(abs l))))
            }
        ))

[<Fact>]
let ``the fused Bernoulli log-probability equals its formula in float64`` () =
    use _ = torch.NewDisposeScope()
    let x, logits = example ()
    let expected = reference (doubles x) (doubles logits) 83 5
    let actual = doubles (Fused.BernoulliLogProb(x, logits))

    Array.iter2 (fun e a -> Assert.InRange(a, e - 2e-6 * (abs e + 10.0), e + 2e-6 * (abs e + 10.0))) expected actual

[<Fact>]
let ``its gradient is g (x - sigmoid l)`` () =
    use _ = torch.NewDisposeScope()
    let x, logits = example ()
    logits.requires_grad <- true
    let g = (normal "g" (3L, 5L, 1L)).view(3L, 5L)
    (Fused.BernoulliLogProb(x, logits) * g).sum().backward()
    let l = doubles (logits.detach ())
    let xs, gs = doubles x, doubles g

    doubles logits.grad
    |> Array.iteri (fun i actual ->
        let row = i / 83
        let expected = gs[row] * (xs[row % 5 * 83 + i % 83] - 1.0 / (1.0 + exp -l[i]))
        Assert.InRange(actual, expected - 1e-6, expected + 1e-6))

[<Fact>]
let ``its gradient is its own finite difference`` () =
    use _ = torch.NewDisposeScope()
    let x = torch.tensor [| 1f; 0f; 0.25f |]

    let at (l: float32[]) =
        Fused.BernoulliLogProb(x.view (1L, 3L), torch.tensor(l).view(1L, 3L)).item<float32>()
        |> float

    let l = [| 0.7f; -1.3f; 2.1f |]
    let leaf = torch.tensor(l).view(1L, 3L).requires_grad_()
    Fused.BernoulliLogProb(x.view (1L, 3L), leaf).sum().backward()

    doubles leaf.grad
    |> Array.iteri (fun i actual ->
        let moved step =
            Array.mapi (fun j v -> if i = j then v + step else v) l

        let expected = (at (moved 0.02f) - at (moved -0.02f)) / 0.04
        Assert.InRange(actual, expected - 2e-4, expected + 2e-4))

[<Fact>]
let ``float64 and gradients for x are left to the composition`` () =
    use _ = torch.NewDisposeScope()
    let x, logits = example ()
    Assert.Null(Fused.BernoulliLogProb(x.``double`` (), logits.``double`` ()))
    x.requires_grad <- true
    Assert.Null(Fused.BernoulliLogProb(x, logits))

[<Fact>]
let ``NaN and infinity in gradients are seen wherever they stand`` () =
    for bad in [ Single.NaN; Single.PositiveInfinity; Single.NegativeInfinity ] do
        for place in [ 0; 1; 62; 99_999 ] do
            use _ = torch.NewDisposeScope()
            use p = new Modules.Parameter(torch.zeros ([| 100_000L |]))
            p.grad <- torch.ones ([| 100_000L |])
            Assert.True(Gradients.AreFinite [| p |])
            p.grad[int64 place].fill_(Scalar.op_Implicit bad) |> ignore
            Assert.False(Gradients.AreFinite [| p |])

/// A mask of panels: of `rows` outputs hear the inputs column ... column + columns − 1, but a few of them.
let private panels = [ 3L, 0L, 2L; 4L, 0L, 7L; 2L, 5L, 4L ]

let private mask () =
    let m = torch.zeros ([| 9L; 11L |])
    let mutable row = 0L

    for rows, column, columns in panels do
        m.narrow(0L, row, rows).narrow(1L, column, columns).fill_(Scalar.op_Implicit 1.0)
        |> ignore

        m.narrow(0L, row, 1L).narrow(1L, column, 1L).fill_(Scalar.op_Implicit 0.0)
        |> ignore

        row <- row + rows

    m

[<Theory>]
[<InlineData(true)>]
[<InlineData(false)>]
let ``the masked linear layer and its gradients equal their composition in float64`` (hasBias: bool) =
    use _ = torch.NewDisposeScope()
    let m = mask().``double``()

    let make (stream: string) (shape: int64[]) =
        (normal stream (1L, 1L, Array.reduce (*) shape)).view(shape).``double``()

    let value (layer: torch.Tensor -> torch.Tensor -> torch.Tensor -> torch.Tensor) =
        let x, w, b = make "x" [| 2L; 5L; 11L |], make "w" [| 9L; 11L |], make "b" [| 9L |]

        for t in [ x; w; b ] do
            t.requires_grad <- true

        let y = layer x w (if hasBias then b else null)
        (y * make "g" [| 2L; 5L; 9L |]).sum().backward()
        [ y.detach (); x.grad; w.grad; (if hasBias then b.grad else y.detach ()) ]

    let fused =
        value (fun x w b ->
            Fused.MaskedLinear(
                x,
                w,
                m,
                b,
                [
                    for r, c, n in panels do
                        yield! [ r; c; n; c; 1L ]
                ]
            ))

    let composed = value (fun x w b -> torch.nn.functional.linear (x, w * m, b))

    for f, c in List.zip fused composed do
        Assert.Equal<int64[]>(c.shape, f.shape)
        Assert.InRange((f - c).abs().max().item<float>(), 0.0, 1e-12)

[<Fact>]
let ``a masked layer's dead weights become zero, the living ones stay`` () =
    for wanted in [ true; false ] do
        use _ = torch.NewDisposeScope()
        let m, w = mask (), numbers "w" [ 9L; 11L ]
        let before = doubles w
        w.requires_grad <- wanted

        let places =
            [
                for r, c, n in panels do
                    yield! [ r; c; n; c; 1L ]
            ]

        Fused.MaskedLinear(numbers "x" [ 5L; 11L ], w, m, null, places) |> ignore
        let inside = Array.zeroCreate<bool> 99

        let mutable row = 0L

        for rows, column, columns in panels do
            for r in row .. row + rows - 1L do
                for c in column .. column + columns - 1L do
                    inside[int (r * 11L + c)] <- true

            row <- row + rows

        Array.zip3 before (doubles (w.detach ())) (doubles m)
        |> Array.iteri (fun i (was, is, alive) -> Assert.Equal((if inside[i] then was * alive else was), is))

[<Fact>]
let ``panels that aren't all rows of the weight are refused`` () =
    use _ = torch.NewDisposeScope()
    let m = mask ()

    let error =
        Assert.ThrowsAny<Exception>(fun () ->
            Fused.MaskedLinear(torch.ones ([| 2L; 11L |]), m, m, null, [ 3L; 0L; 2L; 0L; 2L ])
            |> ignore)

    Assert.Contains("the panels have 3 rows, the weight 9", error.Message)

    for places in
        [
            [ 9L; 0L; 11L; 11L; 5L ]
            [ 9L; 8L; 4L; 8L; 1L ]
            [ -3L; 0L; 2L; 0L; 2L; 12L; 0L; 2L; 0L; 2L ]
        ] do
        let error =
            Assert.ThrowsAny<Exception>(fun () ->
                Fused.MaskedLinear(torch.ones ([| 2L; 11L |]), m, m, null, places) |> ignore)

        Assert.Contains("a panel reaches beyond the weight's 11 inputs", error.Message)

[<Theory>]
[<InlineData(7, 11, 9)>]
[<InlineData(1, 1, 1)>]
[<InlineData(33, 1500, 70)>] // more inputs, or outputs, than one piece of the product takes
[<InlineData(33, 20, 2100)>]
[<InlineData(300, 64, 130)>]
let ``the linear layer and its gradients equal their composition in float64`` (rows: int, inputs: int, outputs: int) =
    use _ = torch.NewDisposeScope()
    let r, i, o = int64 rows, int64 inputs, int64 outputs

    let columnwise = (numbers "x" [ i; r ]).t() // not contiguous

    for x in [ numbers "x" [ r; i ]; numbers "x" [ 1L; r; i ]; columnwise ] do
        for bias in [ true; false ] do
            let biasOf (given: torch.Tensor list) = if bias then given[2] else null

            let w = numbers "w" [ o; i ] / Scalar.op_Implicit (sqrt (float inputs))

            agree
                [ x, true; w, true; numbers "b" [ o ], bias ]
                (fun given -> [ Fused.Linear(given[0], given[1], biasOf given) ])
                (fun given -> [ torch.nn.functional.linear (given[0], given[1], biasOf given) ])

            agree
                [ x, true; w, true; numbers "b" [ o ], bias ]
                (fun given -> [ Fused.Linear(given[0], given[1], biasOf given, relu = true) ])
                (fun given -> [ torch.nn.functional.linear(given[0], given[1], biasOf given).relu() ])

/// Numbers of which a share isn't zero, with a minus zero among them.
let few (stream: string) (share: float) (shape: int64 list) =
    use first = torch.zeros ([| 1L |], dtype = torch.ScalarType.Int64)
    let key = PhiloxKey(3u, Philox.StreamOf $"{stream} chosen")
    let chosen = PhiloxTensor.Uniform(key, 0L, first, 0L, 1L, List.reduce (*) shape)

    let some =
        numbers stream shape
        * chosen.view(List.toArray shape).lt(Scalar.op_Implicit share).``float``()

    some.narrow(0L, 0L, 1L).narrow(1L, 0L, 1L).fill_(Scalar.op_Implicit -0f)
    |> ignore

    some

[<Theory>]
[<InlineData(0.0, 20, 784, 300)>]
[<InlineData(0.13, 128, 784, 300)>]
[<InlineData(0.13, 16, 97, 64)>] // one column more than a block has, and as many outputs as a panel
[<InlineData(0.2, 33, 10, 3)>]
[<InlineData(0.2, 300, 130, 130)>]
[<InlineData(0.3, 300, 130, 130)>] // too many for the product without zeros
[<InlineData(0.9, 20, 50, 10)>]
let ``the linear layer of data that are mostly zeros equals its composition in float64``
    (share: float, rows: int, inputs: int, outputs: int)
    =
    use _ = torch.NewDisposeScope()
    let r, i, o = int64 rows, int64 inputs, int64 outputs
    let x = few "x" share [ r; i ]

    for bias in [ true; false ] do
        let biasOf (given: torch.Tensor list) = if bias then given[2] else null
        let part (w: torch.Tensor) = w.narrow (1L, 3L, i) // its rows have gaps between them

        agree
            [
                x, false
                numbers "w" [ o; i + 5L ] / Scalar.op_Implicit (sqrt (float inputs)), true
                numbers "b" [ o ], bias
            ]
            (fun given -> [ Fused.Linear(given[0], part given[1], biasOf given, relu = not bias) ])
            (fun given ->
                let y = torch.nn.functional.linear (given[0], part given[1], biasOf given)
                [ (if bias then y else y.relu ()) ])

[<Theory>]
[<InlineData(0.2, 20, false, true)>]
[<InlineData(0.3, 20, false, false)>] // too many numbers
[<InlineData(0.2, 15, false, false)>] // too few rows
[<InlineData(0.2, 20, true, false)>] // hidden units: their gradient is wanted
let ``only data of many rows that are mostly zeros are multiplied without them``
    (share: float, rows: int, wanted: bool, expected: bool)
    =
    use _ = torch.NewDisposeScope()
    let x, w = few "x" share [ int64 rows; 784L ], numbers "w" [ 8L; 784L ]
    x.requires_grad <- wanted
    w.requires_grad <- true

    let profile =
        OperatorProfile.Of(fun () -> Fused.Linear(x, w, null).sum().backward())

    for name in [ "vae::sparse_product"; "vae::sparse_gradient" ] do
        Assert.Equal(expected, profile.Operators |> Seq.exists (fun o -> o.Name = name && o.IsMatrixProduct))

    if expected then
        let entries = doubles x |> Seq.filter (fun v -> v <> 0.0) |> Seq.length
        Assert.Equal(2.0 * 2.0 * 8.0 * float entries, profile.FloatingPointOperations)

[<Fact>]
let ``a product without zeros has the same bits with any number of threads`` () =
    use _ = torch.NewDisposeScope()

    let x, w, b =
        few "x" 0.13 [ 100L; 784L ], numbers "w" [ 300L; 784L ], numbers "b" [ 300L ]

    w.requires_grad <- true
    let threads = torch.get_num_threads ()

    let bits (n: int) =
        torch.set_num_threads n
        w.grad <- null
        let y = Fused.Linear(x, w, b)
        y.square().sum().backward()
        [ yield! doubles (y.detach ()); yield! doubles w.grad ]

    try
        Assert.Equal<float list>(bits 1, bits 3)
    finally
        torch.set_num_threads threads

[<Fact>]
let ``a NaN among zeros is seen`` () =
    use _ = torch.NewDisposeScope()
    let x = torch.zeros ([| 20L; 30L |])

    x.narrow(0L, 7L, 1L).narrow(1L, 11L, 1L).fill_(Scalar.op_Implicit nanf)
    |> ignore

    let y = Fused.Linear(x, numbers "w" [ 5L; 30L ], numbers "b" [ 5L ])
    Assert.Equal(5L, y.isnan().sum().item<int64>())
    Assert.True(y[7L].isnan().all().item<bool>())

[<Fact>]
let ``the linear layer takes a gradient that is the same everywhere`` () =
    use _ = torch.NewDisposeScope()
    let x, w = numbers "x" [ 4L; 3L ], numbers "w" [ 2L; 3L ]
    x.requires_grad <- true
    Fused.Linear(x, w, null).sum().backward()

    Assert.InRange((x.grad - w.sum (0L)).abs().max().item<float32>(), 0f, 1e-6f)

[<Fact>]
let ``a rectified linear layer lets NaN through, forward and back, and no gradient where it is 0`` () =
    use _ = torch.NewDisposeScope()
    let x = torch.tensor([| 1f; nanf; -1f; 0f; 0f; 0f; 2f; 0f |]).view(4L, 2L)
    let w, b = torch.ones ([| 1L; 2L |]), torch.zeros ([| 1L |])

    for t in [ x; w; b ] do
        t.requires_grad <- true

    let y = Fused.Linear(x, w, b, relu = true)
    Assert.Equal<float list>([ nan; 0.0; 0.0; 2.0 ], List.ofArray (doubles (y.detach ())))
    y.sum().backward()
    Assert.Equal<float list>([ 1.0; 1.0; 0.0; 0.0; 0.0; 0.0; 1.0; 1.0 ], List.ofArray (doubles x.grad))
    Assert.Equal(2.0, b.grad.item<float32>() |> float)

[<Fact>]
let ``the bias's gradient is exact over many rows`` () =
    use _ = torch.NewDisposeScope()

    let x, w, b =
        torch.zeros ([| 200_000L; 1L |]), torch.zeros ([| 3L; 1L |]), torch.zeros ([| 3L |])

    b.requires_grad <- true
    (Fused.Linear(x, w, b) * Scalar.op_Implicit 0.1f).sum().backward()

    for sum in doubles b.grad do
        Assert.InRange(sum, 20_000.0 - 0.1, 20_000.0 + 0.1)

[<Fact>]
let ``a linear layer of no inputs is its bias`` () =
    use _ = torch.NewDisposeScope()
    let b = numbers "b" [ 3L ]
    let y = Fused.Linear(torch.zeros ([| 5L; 0L |]), torch.zeros ([| 3L; 0L |]), b)
    Assert.Equal<int64[]>([| 5L; 3L |], y.shape)
    Assert.Equal(0f, (y - b).abs().max().item<float32>())

[<Fact>]
let ``a linear layer whose sizes don't fit is refused`` () =
    use _ = torch.NewDisposeScope()

    for x, w, b in [ [ 2L; 3L ], [ 4L; 5L ], 4L; [ 2L; 3L ], [ 4L; 3L ], 3L ] do
        Assert.ThrowsAny<Exception>(fun () -> Fused.Linear(numbers "x" x, numbers "w" w, numbers "b" [ b ]) |> ignore)
        |> ignore

[<Fact>]
let ``the masked linear layer and its gradients in float32 equal their composition in float64`` () =
    use _ = torch.NewDisposeScope()
    let m = mask ()

    let places =
        [
            for r, c, n in panels do
                yield! [ r; c; n; c; 1L ]
        ]

    agree
        [
            numbers "x" [ 5L; 11L ], true
            numbers "w" [ 9L; 11L ], true
            numbers "b" [ 9L ], true
        ]
        (fun given -> [ Fused.MaskedLinear(given[0], given[1], m, given[2], places) ])
        (fun given -> [ torch.nn.functional.linear (given[0], given[1] * m.``double`` (), given[2]) ])

[<Theory>]
[<InlineData(1L)>]
[<InlineData(3L)>]
let ``a reparametrised sample, its log-density and their gradients equal the composition in float64`` (samples: int64) =
    use _ = torch.NewDisposeScope()
    // mean and scale are slices of one tensor, as an encoder gives them; some scales are extreme
    let both = (normal "both" (1L, 5L, 66L)).view(5L, 66L)
    let scale = both.narrow(1L, 33L, 33L).exp()
    scale.narrow(1L, 0L, 2L).copy_(torch.tensor ([| 1e-6f; 1e6f |])) |> ignore

    agree
        [
            both.narrow (1L, 0L, 33L), true
            scale, true
            normal "noise" (samples, 5L, 33L), false
        ]
        (fun t -> (let struct (z, q) = Fused.SampleNormal(t[0], t[1], t[2]).Value in [ z / t[1]; q ]))
        (fun t ->
            let z = t[0] + t[1] * t[2]
            let half = 0.5 * Math.Log(2.0 * Math.PI)

            [
                z / t[1]
                ((t[2] * t[2]).mul(Scalar.op_Implicit -0.5)
                 - t[1].log().add(Scalar.op_Implicit half))
                    .sum(-1L)
            ])

[<Fact>]
let ``a scale of zero has a log-density of infinity`` () =
    use _ = torch.NewDisposeScope()
    let one = torch.ones ([| 1L; 2L |])

    let struct (_, q) =
        Fused.SampleNormal(one, torch.tensor([| 1f; 0f |]).view(1L, 2L), one).Value

    Assert.Equal(Single.PositiveInfinity, q.item<float32>())

[<Fact>]
let ``the standard normal's log-density and its gradient equal the composition in float64`` () =
    use _ = torch.NewDisposeScope()

    agree [ normal "x" (3L, 5L, 33L), true ] (fun t -> [ Fused.StandardNormalLogProb t[0] ]) (fun t ->
        [
            (t[0] * t[0]).add(Scalar.op_Implicit (Math.Log(2.0 * Math.PI))).sum(-1L).mul(Scalar.op_Implicit -0.5)
        ])

[<Fact>]
let ``the gated affine step and its gradients equal the composition in float64`` () =
    use _ = torch.NewDisposeScope()
    let both = normal "m, s" (3L, 5L, 66L)
    let s = both.narrow(-1L, 33L, 33L).mul(Scalar.op_Implicit 8.0)

    s.select(0L, 0L).select(0L, 0L).narrow(0L, 0L, 4L).copy_(torch.tensor [| 0f; 90f; -80f; 30f |])
    |> ignore

    agree
        [ normal "z" (3L, 5L, 33L), true; both.narrow (-1L, 0L, 33L), true; s, true ]
        (fun t -> (let struct (y, l) = Fused.GatedAffine(t[0], t[1], t[2]).Value in [ y; l ]))
        (fun t ->
            let gate = t[2].sigmoid()

            [
                gate * t[0] + (gate.neg().add(Scalar.op_Implicit 1.0)) * t[1]
                torch.nn.functional.logsigmoid(t[2]).sum(-1L)
            ])

[<Fact>]
let ``float64, other shapes and gradients for the noise are left to the composition`` () =
    use _ = torch.NewDisposeScope()
    let x = torch.ones ([| 2L; 3L |])
    let d = x.``double`` ()
    Assert.Null(Fused.StandardNormalLogProb d)
    Assert.False(Fused.SampleNormal(d, d, d).HasValue)
    Assert.False(Fused.GatedAffine(x, torch.ones [| 3L |], x).HasValue)
    Assert.False(Fused.SampleNormal(x, x, torch.ones [| 3L |]).HasValue)
    let noise = torch.ones ([| 2L; 3L |])
    noise.requires_grad <- true
    Assert.False(Fused.SampleNormal(x, x, noise).HasValue)
