module Vae.Tests.OptimizerTests

open System
open System.Collections.Generic
open System.IO
open System.Text.Json
open TorchSharp
open TorchSharp.Modules
open Vae.Torch
open Xunit

type Tensor = torch.Tensor
type Optimizer = torch.optim.Optimizer

let values (t: Tensor) =
    use _ = torch.NewDisposeScope()
    t.detach().``double``().reshape([| -1L |]).data<double>().ToArray()

/// Each algorithm with each of its switches: its constructor in Python, and here.
let algorithms: (string * (seq<Parameter> -> Optimizer)) list =
    [
        "SGD(ps, lr=.02)", (fun ps -> torch.optim.SGD(ps, 0.02))
        "SGD(ps, lr=.02, momentum=.9, dampening=.1, weight_decay=.1)",
        (fun ps -> torch.optim.SGD(ps, 0.02, momentum = 0.9, dampening = 0.1, weight_decay = 0.1))
        "SGD(ps, lr=.02, momentum=.8, nesterov=True, weight_decay=.1)",
        (fun ps -> torch.optim.SGD(ps, 0.02, momentum = 0.8, nesterov = true, weight_decay = 0.1))
        "SGD(ps, lr=.002, momentum=.5, maximize=True)",
        (fun ps -> torch.optim.SGD(ps, 0.002, momentum = 0.5, maximize = true))
        "Adam(ps)", (fun ps -> torch.optim.Adam ps)
        "Adam(ps, lr=.1, betas=(.8, .95), eps=1e-3, weight_decay=.1)",
        (fun ps -> torch.optim.Adam(ps, 0.1, 0.8, 0.95, 1e-3, weight_decay = 0.1))
        "Adam(ps, lr=.1, betas=(.5, .6), amsgrad=True, maximize=True)",
        (fun ps -> torch.optim.Adam(ps, 0.1, 0.5, 0.6, amsgrad = true, maximize = true))
        "AdamW(ps, lr=.1, weight_decay=.1)", (fun ps -> torch.optim.AdamW(ps, 0.1, weight_decay = 0.1))
        "AdamW(ps, lr=.1, betas=(.5, .6), weight_decay=.2, amsgrad=True)",
        (fun ps -> torch.optim.AdamW(ps, 0.1, 0.5, 0.6, weight_decay = 0.2, amsgrad = true))
        "Adamax(ps)", (fun ps -> torch.optim.Adamax ps)
        "Adamax(ps, lr=.1, betas=(.5, .6), eps=1e-3, weight_decay=.1)",
        (fun ps -> torch.optim.Adamax(ps, 0.1, 0.5, 0.6, 1e-3, weight_decay = 0.1))
        "RMSprop(ps)", (fun ps -> torch.optim.RMSProp ps)
        "RMSprop(ps, lr=.01, alpha=.9, weight_decay=.1)",
        (fun ps -> torch.optim.RMSProp(ps, 0.01, 0.9, weight_decay = 0.1))
        "RMSprop(ps, lr=.01, centered=True)", (fun ps -> torch.optim.RMSProp(ps, 0.01, centered = true))
        "RMSprop(ps, lr=.01, momentum=.9, maximize=True)",
        (fun ps -> torch.optim.RMSProp(ps, 0.01, momentum = 0.9, maximize = true))
        "RMSprop(ps, lr=.01, alpha=.9, eps=1e-4, momentum=.9, centered=True, weight_decay=.1)",
        (fun ps -> torch.optim.RMSProp(ps, 0.01, 0.9, 1e-4, 0.1, 0.9, true))
    ]

let state (optimizer: Optimizer) = box optimizer :?> IOptimizerState

/// Numbers that both languages compute alike: multiples of 1/32 in [-2, 2].
let start (salt: int) (n: int) =
    [| for i in 0 .. n - 1 -> float ((i * 37 + salt * 11) % 129 - 64) / 32.0 |]

let shapes = [ [| 5L; 7L |]; [| 11L |]; [||] ]
let size (shape: int64[]) = int (Array.fold (*) 1L shape)

/// Twenty steps on Σ (p⁴/4 − t·p); the last parameter has a gradient every other step only, and the rate halves after ten.
let trained (dtype: torch.ScalarType) (arrange: Tensor -> Tensor) (make: seq<Parameter> -> Optimizer) =
    use _ = torch.NewDisposeScope()

    let made salt (shape: int64[]) =
        torch.tensor(start salt (size shape)).``to``(dtype).reshape shape

    let ps = shapes |> List.mapi (fun k shape -> new Parameter(arrange (made k shape)))
    let targets = shapes |> List.mapi (fun k shape -> made (k + 7) shape)
    use optimizer = make ps

    for step in 0..19 do
        if step = 10 then
            for group in optimizer.ParamGroups do
                group.LearningRate <- group.LearningRate / 2.0

        optimizer.zero_grad ()

        for k, (p: Parameter), t in List.zip3 [ 0..2 ] ps targets do
            if k < 2 || step % 2 = 0 then
                (p.pow(4).sum() / 4 - (p * t).sum()).backward()

        optimizer.step () |> ignore

    ps
    |> List.map (fun p ->
        Assert.False p.IsInvalid
        values p)
    |> Array.concat

let private far (expected: float[]) (actual: float[]) =
    Assert.Equal(expected.Length, actual.Length)
    Assert.All(actual, fun x -> Assert.True(Double.IsFinite x))

    Array.map2 (fun (e: float) a -> abs (e - a) / max 1e-3 (abs e)) expected actual
    |> Array.max

/// In float32, PyTorch's kernels fuse multiply and add, ours never do; and a centred variance, v − m², cancels.
let rounding = 1e-4

[<PyTorchFact>]
let ``Twenty steps of every algorithm and switch end where PyTorch's do`` () =
    let calls =
        algorithms
        |> List.map (fun (python, _) -> $"lambda ps: torch.optim.{python}")
        |> String.concat ",\n  "

    let script =
        $"""
import json, torch
makers = [
  {calls}]
shapes = [(5, 7), (11,), ()]
def start(salt, n): return [((i * 37 + salt * 11) %% 129 - 64) / 32 for i in range(n)]
def made(salt, shape, dtype):
    n = 1
    for s in shape: n *= s
    return torch.tensor(start(salt, n), dtype=dtype).reshape(shape)
def trained(make, dtype):
    ps = [torch.nn.Parameter(made(k, s, dtype)) for k, s in enumerate(shapes)]
    targets = [made(k + 7, s, dtype) for k, s in enumerate(shapes)]
    optimizer = make(ps)
    for step in range(20):
        if step == 10:
            for g in optimizer.param_groups: g["lr"] /= 2
        optimizer.zero_grad(set_to_none=True)
        for k, (p, t) in enumerate(zip(ps, targets)):
            if k < 2 or step %% 2 == 0: (p.pow(4).sum() / 4 - (p * t).sum()).backward()
        optimizer.step()
    return [x for p in ps for x in p.detach().double().reshape(-1).tolist()]
print(json.dumps([[trained(m, d) for d in (torch.float64, torch.float32)] for m in makers]))
"""

    let results =
        JsonSerializer.Deserialize<float[][][]>((Python.run (script.Replace("%%", "%")) |> Result.defaultWith failwith))

    for (name, make), reference in Seq.zip algorithms results do
        let double = far reference[0] (trained torch.ScalarType.Float64 id make)
        Assert.True(double < 1e-12, $"{name}, float64: off by {double}")
        let single = far reference[1] (trained torch.ScalarType.Float32 id make)
        Assert.True(single < rounding, $"{name}, float32: off by {single}")

[<Fact>]
let ``Composed of operators, for parameters that are not contiguous, every algorithm gives the same`` () =
    let strided (t: Tensor) =
        let wide = torch.stack ([| t; t |], -1L)
        let view = wide.select (-1L, 0L)
        Assert.True(t.numel () = 1L || not (view.is_contiguous ()))
        view

    for name, make in algorithms do
        for dtype, tolerance in [ torch.ScalarType.Float64, 1e-12; torch.ScalarType.Float32, rounding ] do
            let off = far (trained dtype id make) (trained dtype strided make)
            Assert.True(off < tolerance, $"{name}, {dtype}: off by {off}")

[<Fact>]
let ``The number of threads changes no bit`` () =
    let many (make: seq<Parameter> -> Optimizer) threads =
        use _ = torch.NewDisposeScope()
        let before = torch.get_num_threads ()
        torch.set_num_threads threads

        try
            let ps =
                [
                    for n in [ 100003; 0; 17; 65536 ] -> new Parameter(torch.tensor (start n n |> Array.map float32))
                ]

            use optimizer = make ps

            for _ in 1..3 do
                for p in ps do
                    p.grad <- p.detach () * 3

                optimizer.step () |> ignore

            ps |> List.map values |> Array.concat
        finally
            torch.set_num_threads before

    for _, make in algorithms do
        Assert.Equal<float[]>(many make 1, many make 3)

/// One step from p = 3 with gradient g = -2, rate 1/4.
let oneStep (make: seq<Parameter> -> Optimizer) =
    use _ = torch.NewDisposeScope()
    let p = new Parameter(torch.tensor [| 3.0 |])
    use optimizer = make [ p ]
    (p * -2).sum().backward()
    optimizer.step () |> ignore
    (values p)[0]

[<Fact>]
let ``A first step is what its formula says`` () =
    let near (expected: float) (actual: float) = Assert.Equal(expected, actual, 12)
    near 3.5 (oneStep (fun ps -> torch.optim.SGD(ps, 0.25)))
    near 2.5 (oneStep (fun ps -> torch.optim.SGD(ps, 0.25, maximize = true)))
    near (3.0 - 0.25 * (-2.0 + 0.5 * 3.0)) (oneStep (fun ps -> torch.optim.SGD(ps, 0.25, weight_decay = 0.5)))
    near (3.0 + 0.25 * 2.0 / (2.0 + 0.1)) (oneStep (fun ps -> torch.optim.Adam(ps, 0.25, eps = 0.1)))

    near
        (3.0 * 0.875 + 0.25 * 2.0 / (2.0 + 0.1))
        (oneStep (fun ps -> torch.optim.AdamW(ps, 0.25, eps = 0.1, weight_decay = 0.5)))

    near (3.0 + 0.25 * 2.0 / (2.0 + 0.1)) (oneStep (fun ps -> torch.optim.Adamax(ps, 0.25, eps = 0.1)))
    near (3.0 + 0.25 * 2.0 / (sqrt (0.1 * 4.0) + 0.1)) (oneStep (fun ps -> torch.optim.RMSProp(ps, 0.25, 0.9, 0.1)))

    near
        (3.0 + 0.25 * 2.0 / (sqrt (0.1 * 4.0 - 0.04) + 0.1))
        (oneStep (fun ps -> torch.optim.RMSProp(ps, 0.25, 0.9, 0.1, centered = true)))

[<Fact>]
let ``Centred RMSprop bears a gradient that never changes`` () =
    // In float32 mean² is above the mean of squares after some 1,200 steps, by rounding.
    for contiguous in [ true; false ] do
        use _ = torch.NewDisposeScope()
        let start = torch.zeros ([| 2L; 2L |])
        let p = new Parameter(if contiguous then start else start.t ())
        use optimizer = torch.optim.RMSProp([ p ], 1e-10, centered = true)

        for _ in 1..2000 do
            use _ = torch.NewDisposeScope()
            optimizer.zero_grad ()
            (p * 0.1f).sum().backward()
            optimizer.step () |> ignore

        Assert.True(p.isfinite().all().item<bool>())

[<Fact>]
let ``A number over a tensor can be differentiated`` () =
    use _ = torch.NewDisposeScope()
    let x = torch.tensor ([| 2.0; -4.0 |], requires_grad = true)
    (3.0 / x).sum().backward()
    Assert.Equal<float[]>([| -0.75; -0.1875 |], values x.grad)

[<Fact>]
let ``A parameter without a gradient stays, and zero_grad leaves none`` () =
    use _ = torch.NewDisposeScope()

    let used, unused =
        new Parameter(torch.ones [| 2L |]), new Parameter(torch.ones [| 2L |])

    use optimizer =
        torch.optim.Adam([ struct ("used", used); struct ("unused", unused) ], weight_decay = 0.1)

    used.sum().backward()
    optimizer.step () |> ignore
    Assert.Equal<float[]>([| 1.0; 1.0 |], values unused)
    Assert.NotEqual<float[]>([| 1.0; 1.0 |], values used)
    Assert.Equal<int64[]>([| 1L; 0L |], (state optimizer).StateTensors().["step"].data<int64>().ToArray())
    optimizer.zero_grad ()
    Assert.Null used.grad

[<Fact>]
let ``Autograd notices that a step changed a value it still needs`` () =
    use _ = torch.NewDisposeScope()
    let p = new Parameter(torch.ones [| 2L |])
    use optimizer = torch.optim.SGD([ p ], 0.1)
    let y = (p * p).sum()
    p.grad <- torch.ones [| 2L |]
    optimizer.step () |> ignore
    let e = Assert.Throws<TorchException>(fun () -> y.backward ())
    Assert.Contains("modified by an inplace operation", e.Message)

[<Fact>]
let ``A state stored and put back goes on bit for bit`` () =
    let path = Path.GetTempFileName()

    try
        for name, make in algorithms do
            use _ = torch.NewDisposeScope()
            let p = new Parameter(torch.tensor (start 1 50))

            let go (p: Parameter) (optimizer: Optimizer) n =
                for _ in 1..n do
                    optimizer.zero_grad ()
                    p.pow(4).sum().backward()
                    optimizer.step () |> ignore

            use optimizer = make [ p ]
            go p optimizer 5
            let kept = Dictionary((state optimizer).StateTensors())
            kept.Add("p", p)
            StateFile.Save(path, kept)
            go p optimizer 5

            let stored = StateFile.Load(path).Tensors
            let q = new Parameter(stored["p"].clone())
            stored.Remove "p" |> ignore
            use again = make [ q ]
            (state again).LoadStateTensors stored
            go q again 5
            Assert.True((values p = values q), name)
    finally
        File.Delete path

[<Fact>]
let ``A state of another optimizer is refused by name, and nothing is changed`` () =
    use _ = torch.NewDisposeScope()
    let p = new Parameter(torch.ones [| 2L |])
    use adam = torch.optim.Adam [ struct ("layer.weight", p) ]
    use rms = torch.optim.RMSProp([ struct ("layer.weight", p) ], centered = true)

    let e =
        Assert.Throws<InvalidOperationException>(fun () -> (state adam).LoadStateTensors((state rms).StateTensors()))

    Assert.Contains("'layer.weight.exp_avg' is missing", e.Message)
    Assert.Contains("'layer.weight.grad_avg' is unknown", e.Message)

[<Fact>]
let ``A number out of its range is refused`` () =
    use p = new Parameter(torch.ones [| 1L |])

    let bad: (string * (unit -> Optimizer)) list =
        [
            "lr", (fun () -> torch.optim.SGD([ p ], -1.0))
            "momentum", (fun () -> torch.optim.SGD([ p ], 1.0, nesterov = true))
            "beta1", (fun () -> torch.optim.Adam([ p ], beta1 = 1.0))
            "beta2", (fun () -> torch.optim.AdamW([ p ], beta2 = nan))
            "eps", (fun () -> torch.optim.Adamax([ p ], eps = -1.0))
            "weight_decay", (fun () -> torch.optim.RMSProp([ p ], weight_decay = -1.0))
        ]

    for name, make in bad do
        let e = Assert.Throws<ArgumentOutOfRangeException>(fun () -> make () |> ignore)
        Assert.Contains($"optimizer's {name} must be", e.Message)

[<Fact>]
let ``Clipping scales all gradients together, and only when they are too long`` () =
    use _ = torch.NewDisposeScope()

    let a, b, c =
        new Parameter(torch.zeros [| 2L |]), new Parameter(torch.zeros [||]), new Parameter(torch.zeros [| 1L |])

    let set () =
        a.grad <- torch.tensor [| 3f; 0f |]
        b.grad <- torch.tensor -4f

    set ()
    Assert.Equal(5.0, torch.nn.utils.clip_grad_norm_ ([ a; b; c ], 10.0), 6)
    Assert.Equal<float[]>([| 3.0; 0.0; -4.0 |], Array.append (values a.grad) (values b.grad))
    Assert.Equal(5.0, torch.nn.utils.clip_grad_norm_ ([ a; b; c ], 1.0), 6)
    Assert.Equal(0.6, (values a.grad)[0], 6)
    Assert.Equal(-0.8, (values b.grad)[0], 6)
    set ()
    Assert.Equal(4.0, torch.nn.utils.clip_grad_norm_ ([ a; b; c ], 100.0, infinity), 6)
    Assert.Equal(7.0, torch.nn.utils.clip_grad_norm_ ([ a; b; c ], 100.0, 1.0), 6)
    Assert.Equal(0.0, torch.nn.utils.clip_grad_norm_ ([ c ], 1.0))

[<Fact>]
let ``Two hundred steps leave as many tensors as there were`` () =
    let before = Live.count ()

    let counts =
        use net =
            torch.nn.Sequential(
                torch.nn.Linear(4L, 8L) :> torch.nn.Module<Tensor, Tensor>,
                torch.nn.BatchNorm1d 8L,
                torch.nn.ReLU(),
                torch.nn.Linear(8L, 1L)
            )

        use optimizer = torch.optim.RMSProp(net.named_parameters (), 1e-3, centered = true)
        use x = torch.ones [| 16L; 4L |]

        [
            for _ in 1..200 do
                use _ = torch.NewDisposeScope()
                optimizer.zero_grad ()
                let loss = (net.call x).pow(2).sum()
                loss.backward ()
                torch.nn.utils.clip_grad_norm_ (net.parameters (), 1.0) |> ignore
                optimizer.step () |> ignore
                DisposeScopeManager.Statistics.ThreadTotalLiveCount
        ]

    Assert.Equal(counts[1], counts[199])
    Assert.Equal(before, Live.count ())

/// Parameters of many chunks and few, one not float32, one not contiguous, one without a gradient between others.
let private mixed () =
    let parameter (shape: int64 array) =
        new Parameter(torch.linspace(-1.0, 1.0, Array.reduce (*) shape).view shape)

    let a, none, d = parameter [| 100003L |], parameter [| 70000L |], parameter [| 5L |]

    let b =
        new Parameter(torch.linspace (-1.0, 1.0, 12L, dtype = torch.ScalarType.Float64))

    let c = new Parameter(torch.linspace(-1.0, 1.0, 12L).view([| 3L; 4L |]).t())
    a.grad <- torch.linspace (3.0, -2.0, 100003L)
    b.grad <- torch.linspace (3.0, -2.0, 12L, dtype = torch.ScalarType.Float64)
    c.grad <- torch.linspace(3.0, -2.0, 12L).view [| 4L; 3L |]
    d.grad <- torch.linspace (3.0, -2.0, 5L)
    [ a; none; b; c; d ]

let private withThreads n (work: unit -> 'T) =
    let before = torch.get_num_threads ()
    torch.set_num_threads n

    try
        work ()
    finally
        torch.set_num_threads before

[<Fact>]
let ``A step that scales and averages is scaling, a step, and averaging, with any number of threads`` () =
    use _ = torch.NewDisposeScope()

    let after threads (step: torch.optim.Optimizer -> Parameter list -> Tensor list -> unit) =
        let parameters = mixed ()
        use optimizer = torch.optim.Adam(parameters, 0.01)

        let averages =
            [ for p in parameters -> p.detach().clone().mul_(Scalar.op_Implicit 2.0) ]

        withThreads threads (fun () ->
            for _ in 1..3 do
                step optimizer parameters averages)

        [
            for t in List.map (fun (p: Parameter) -> p.detach ()) parameters @ averages -> values (t.contiguous ())
        ]

    let inTurn (optimizer: torch.optim.Optimizer) (parameters: Parameter list) averages =
        use _ = torch.no_grad ()

        for p in parameters do
            if not (isNull p.grad) then
                p.grad.mul_ (Scalar.op_Implicit 0.25) |> ignore

        optimizer.step () |> ignore

        for a: Tensor, p in List.zip averages parameters do
            a.mul_(Scalar.op_Implicit 0.9).add_(p, Scalar.op_Implicit 0.1) |> ignore

    let atOnce (optimizer: torch.optim.Optimizer) _ (averages: Tensor list) =
        (optimizer :?> OptimizerHelper).Step(0.25, ResizeArray averages, 0.9)

    let one = after 1 atOnce
    let three = after 3 atOnce

    for i, (x: float[], y: float[]) in List.indexed (List.zip one three) do
        for k in 0 .. x.Length - 1 do
            Assert.True((x[k] = y[k]), $"tensor {i}, number {k}: {x[k]} with one thread, {y[k]} with three")

    for e, a in List.zip (after 1 inTurn) one do
        Array.iter2 (fun (e: float) a -> Assert.Equal(e, a, 1e-6)) e a

[<Fact>]
let ``The norm of all gradients is that of float64, whatever the threads, and tells what isn't finite`` () =
    use _ = torch.NewDisposeScope()
    let parameters = mixed ()

    let expected =
        sqrt (
            List.sumBy
                (fun (p: Parameter) ->
                    if isNull p.grad then
                        0.0
                    else
                        values (p.grad.contiguous ()) |> Array.sumBy (fun g -> g * g))
                parameters
        )

    let norm = withThreads 1 (fun () -> Gradients.Norm(ResizeArray parameters))
    Assert.Equal(norm, withThreads 3 (fun () -> Gradients.Norm(ResizeArray parameters)))
    Assert.InRange(norm / expected, 1.0 - 1e-12, 1.0 + 1e-12)
    Assert.Equal(1.0, Gradients.ClippingScale(norm, norm + 1.0))
    Assert.Equal(0.5, Gradients.ClippingScale(norm, norm / 2.0), 6)
    Assert.True(Gradients.AreFinite(ResizeArray parameters))

    for bad in [ nanf; infinityf; -infinityf ] do
        parameters[0].grad <- torch.tensor (Array.append (Array.create 20000 1f) [| bad |])
        Assert.False(Double.IsFinite(Gradients.Norm(ResizeArray parameters)))
        Assert.False(Gradients.AreFinite(ResizeArray parameters))
