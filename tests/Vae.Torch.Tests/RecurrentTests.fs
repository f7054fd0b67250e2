/// Recurrent layers and embeddings against PyTorch's own, in float64.
module Vae.Tests.RecurrentTests

open System
open System.Collections.Generic
open System.Text.Json
open TorchSharp
open TorchSharp.Modules
open Xunit

type Tensor = torch.Tensor

let f64 = Nullable torch.ScalarType.Float64

let values (t: Tensor) =
    t.detach().``double``().contiguous().reshape([| -1L |]).data<double>().ToArray()

/// sin(0.7 (i² + 17 salt)): the same here and in Python.
let some (salt: int) (shape: int64[]) =
    let n = int (Array.fold (*) 1L shape)

    torch.tensor([| for i in 0 .. n - 1 -> sin (float (i * i + salt * 17) * 0.7) |]).reshape(shape).requires_grad_(true)

/// Every parameter in the order of the names, so that both sides fill and read them alike.
let ordered (m: torch.nn.Module) =
    [ for struct (name, p) in m.named_parameters () -> name, p ]
    |> List.sortWith (fun (a, _) (b, _) -> String.CompareOrdinal(a, b))

let filled<'M when 'M :> torch.nn.Module> (m: 'M) =
    use _ = torch.no_grad ()

    for i, (_, p) in List.indexed (ordered m) do
        p.copy_ (some (100 + i) p.shape) |> ignore

    m

/// What comes out, and the gradients of Σ sin(k) outₖ in the inputs and parameters.
let record (m: torch.nn.Module) (inputs: Tensor list) (outputs: Tensor list) =
    let total =
        outputs
        |> List.map (fun o ->
            let flat = o.reshape -1L
            let w = torch.tensor [| for k in 1 .. int (flat.numel ()) -> sin (float k) |]
            (flat * w).sum())
        |> List.reduce (fun a b -> a + b)

    total.backward ()

    [|
        for o in outputs do
            yield! values o
        for x in inputs @ List.map (fun (_, p) -> p :> Tensor) (ordered m) do
            yield! values x.grad
    |]

let script =
    """
import json, math, torch
from torch import nn
torch.set_default_dtype(torch.float64)

def some(salt, *shape):
    n = math.prod(shape)
    return torch.tensor([math.sin((i * i + salt * 17) * 0.7) for i in range(n)]).reshape(shape).requires_grad_(True)

def filled(m):
    with torch.no_grad():
        for i, name in enumerate(sorted(dict(m.named_parameters()))):
            p = dict(m.named_parameters())[name]
            p.copy_(some(100 + i, *p.shape))
    return m

def record(m, inputs, outputs):
    total = sum((o.reshape(-1) * torch.tensor([math.sin(k) for k in range(1, o.numel() + 1)])).sum() for o in outputs)
    total.backward()
    named = dict(m.named_parameters())
    everything = list(outputs) + [x.grad for x in inputs] + [named[n].grad for n in sorted(named)]
    return [v for t in everything for v in t.detach().reshape(-1).tolist()]

def lstm(state, **options):
    m = filled(nn.LSTM(3, 4, **options))
    x, ways = some(1, 5, 2, 3), m.num_layers * (2 if m.bidirectional else 1)
    batch = 5 if m.batch_first else 2
    h, c = some(2, ways, batch, 4), some(3, ways, batch, 4)
    y, (hn, cn) = m(x, (h, c)) if state else m(x)
    return record(m, [x, h, c] if state else [x], [y, hn, cn])

def gru(state, **options):
    m = filled(nn.GRU(3, 4, **options))
    x, ways = some(1, 5, 2, 3), m.num_layers * (2 if m.bidirectional else 1)
    h = some(2, ways, 5 if m.batch_first else 2, 4)
    y, hn = m(x, h) if state else m(x)
    return record(m, [x, h] if state else [x], [y, hn])

def lstm_cell(state, **options):
    m = filled(nn.LSTMCell(3, 4, **options))
    x, h, c = some(1, 2, 3), some(2, 2, 4), some(3, 2, 4)
    return record(m, [x, h, c] if state else [x], m(x, (h, c) if state else None))

def gru_cell(state, **options):
    m = filled(nn.GRUCell(3, 4, **options))
    x, h = some(1, 2, 3), some(2, 2, 4)
    return record(m, [x, h] if state else [x], [m(x, h) if state else m(x)])

def embedding(**options):
    m = filled(nn.Embedding(5, 3, **options))
    return record(m, [], [m(torch.tensor([[1, 4], [1, 2]]))])

print(json.dumps({
    "lstm": lstm(False), "lstm state": lstm(True), "lstm deep": lstm(True, num_layers=2, bidirectional=True, batch_first=True), "lstm plain": lstm(True, bias=False),
    "gru": gru(False), "gru state": gru(True), "gru deep": gru(True, num_layers=2, bidirectional=True, batch_first=True), "gru plain": gru(True, bias=False),
    "lstm cell": lstm_cell(False), "lstm cell state": lstm_cell(True), "lstm cell plain": lstm_cell(True, bias=False),
    "gru cell": gru_cell(False), "gru cell state": gru_cell(True), "gru cell plain": gru_cell(True, bias=False),
    "embedding": embedding(), "embedding padded": embedding(padding_idx=-1), "embedding scaled": embedding(scale_grad_by_freq=True), "embedding bounded": embedding(max_norm=0.5),
}))
"""

let pair h c =
    Nullable<struct (Tensor * Tensor)>(struct (h, c))

let cases: (string * (unit -> float[])) list =
    let lstm state ways batch (m: LSTM) =
        use m = filled m
        let x = some 1 [| 5L; 2L; 3L |]
        let h, c = some 2 [| ways; batch; 4L |], some 3 [| ways; batch; 4L |]

        let struct (y, hn, cn) = if state then m.call (x, pair h c) else m.call x

        record m (if state then [ x; h; c ] else [ x ]) [ y; hn; cn ]

    let gru state ways batch (m: GRU) =
        use m = filled m
        let x = some 1 [| 5L; 2L; 3L |]
        let h = some 2 [| ways; batch; 4L |]
        let struct (y, hn) = if state then m.call (x, h) else m.call x
        record m (if state then [ x; h ] else [ x ]) [ y; hn ]

    let lstmCell state (m: LSTMCell) =
        use m = filled m
        let x, h, c = some 1 [| 2L; 3L |], some 2 [| 2L; 4L |], some 3 [| 2L; 4L |]

        let struct (hn, cn) = if state then m.call (x, pair h c) else m.call x

        record m (if state then [ x; h; c ] else [ x ]) [ hn; cn ]

    let gruCell state (m: GRUCell) =
        use m = filled m
        let x, h = some 1 [| 2L; 3L |], some 2 [| 2L; 4L |]
        let hn = if state then m.call (x, h) else m.call (x, null)
        record m (if state then [ x; h ] else [ x ]) [ hn ]

    let embedding (m: Embedding) =
        use m = filled m
        let rows = torch.tensor([| 1L; 4L; 1L; 2L |]).reshape(2L, 2L)
        record m [] [ m.call rows ]

    [
        "lstm", (fun () -> lstm false 1L 2L (torch.nn.LSTM(3L, 4L, dtype = f64)))
        "lstm state", (fun () -> lstm true 1L 2L (torch.nn.LSTM(3L, 4L, dtype = f64)))
        "lstm deep",
        (fun () ->
            lstm
                true
                4L
                5L
                (torch.nn.LSTM(3L, 4L, numLayers = 2L, bidirectional = true, batchFirst = true, dtype = f64)))
        "lstm plain", (fun () -> lstm true 1L 2L (torch.nn.LSTM(3L, 4L, bias = false, dtype = f64)))
        "gru", (fun () -> gru false 1L 2L (torch.nn.GRU(3L, 4L, dtype = f64)))
        "gru state", (fun () -> gru true 1L 2L (torch.nn.GRU(3L, 4L, dtype = f64)))
        "gru deep",
        (fun () ->
            gru true 4L 5L (torch.nn.GRU(3L, 4L, numLayers = 2L, bidirectional = true, batchFirst = true, dtype = f64)))
        "gru plain", (fun () -> gru true 1L 2L (torch.nn.GRU(3L, 4L, bias = false, dtype = f64)))
        "lstm cell", (fun () -> lstmCell false (torch.nn.LSTMCell(3L, 4L, dtype = f64)))
        "lstm cell state", (fun () -> lstmCell true (torch.nn.LSTMCell(3L, 4L, dtype = f64)))
        "lstm cell plain", (fun () -> lstmCell true (torch.nn.LSTMCell(3L, 4L, bias = false, dtype = f64)))
        "gru cell", (fun () -> gruCell false (torch.nn.GRUCell(3L, 4L, dtype = f64)))
        "gru cell state", (fun () -> gruCell true (torch.nn.GRUCell(3L, 4L, dtype = f64)))
        "gru cell plain", (fun () -> gruCell true (torch.nn.GRUCell(3L, 4L, bias = false, dtype = f64)))
        "embedding", (fun () -> embedding (torch.nn.Embedding(5L, 3L, dtype = f64)))
        "embedding padded", (fun () -> embedding (torch.nn.Embedding(5L, 3L, padding_idx = -1L, dtype = f64)))
        "embedding scaled", (fun () -> embedding (torch.nn.Embedding(5L, 3L, scale_grad_by_freq = true, dtype = f64)))
        "embedding bounded", (fun () -> embedding (torch.nn.Embedding(5L, 3L, max_norm = 0.5, dtype = f64)))
    ]

[<PyTorchFact>]
let ``Outputs and gradients are PyTorch's`` () =
    let answer =
        match Python.run script with
        | Ok text -> JsonSerializer.Deserialize<Dictionary<string, float[]>> text
        | Error e -> failwith e

    Assert.Equal<string seq>(Seq.sort (List.map fst cases), Seq.sort answer.Keys)

    for name, run in cases do
        use _ = torch.NewDisposeScope()
        let ours, theirs = run (), answer[name]
        Assert.True(ours.Length = theirs.Length, $"{name}: {ours.Length} numbers, in PyTorch {theirs.Length}")

        for i, (a, b) in Seq.indexed (Seq.zip ours theirs) do
            Assert.True(abs (a - b) < 1e-10, $"{name}, number {i}: {a}, in PyTorch {b}")

[<Fact>]
let ``A layer is its cell, step by step; parameters have PyTorch's names, and begin within 1/√H`` () =
    use _ = torch.NewDisposeScope()
    use layer = torch.nn.LSTM(3L, 4L, dtype = f64)

    Assert.Equal<string list>(
        [ "bias_hh_l0"; "bias_ih_l0"; "weight_hh_l0"; "weight_ih_l0" ],
        List.map fst (ordered layer)
    )

    use cell = torch.nn.LSTMCell(3L, 4L, dtype = f64)

    for (_, from), (_, into) in List.zip (ordered layer) (ordered cell) do
        Assert.InRange((from.abs().max()).item<float>(), 0.2, 0.5)
        use _ = torch.no_grad ()
        into.copy_ from |> ignore

    let x = some 5 [| 6L; 2L; 3L |]
    let struct (whole, _, _) = layer.call x
    let mutable state = Nullable<struct (Tensor * Tensor)>()

    for t in 0L .. 5L do
        state <- Nullable(cell.call (x.select (0L, t), state))
        let struct (h, _) = state.Value
        Assert.Equal<float[]>(values (whole.select (0L, t)), values h)

[<Fact>]
let ``Dropout between layers acts in training alone`` () =
    use _ = torch.NewDisposeScope()
    use layer = torch.nn.GRU(3L, 8L, numLayers = 2L, dropout = 0.5, dtype = f64)
    let x = some 1 [| 4L; 2L; 3L |]

    let once () =
        let struct (y, _) = layer.call x
        values y

    Assert.NotEqual<float[]>(once (), once ())
    layer.eval ()
    Assert.Equal<float[]>(once (), once ())

[<Fact>]
let ``The padding row begins as zeros`` () =
    use table = torch.nn.Embedding(4L, 3L, padding_idx = 2L)
    let rows = values table.weight |> Array.chunkBySize 3
    Assert.Equal<float[]>([| 0.0; 0.0; 0.0 |], rows[2])
    Assert.All([ 0; 1; 3 ], fun i -> Assert.DoesNotContain(0.0, rows[i]))

[<Fact>]
let ``One-hot has a one at the number's place`` () =
    let y = torch.tensor [| 2L; 0L |]

    Assert.Equal<float[]>([| 0.0; 0.0; 1.0; 0.0; 1.0; 0.0; 0.0; 0.0 |], values (torch.nn.functional.one_hot (y, 4L)))

    Assert.Equal<int64[]>([| 2L; 3L |], (torch.nn.functional.one_hot y).shape)

    Assert.ThrowsAny<Exception>(fun () -> torch.nn.functional.one_hot (y, 2L) |> ignore)
    |> ignore

[<Fact>]
let ``What does not fit is refused`` () =
    let refused (act: unit -> unit) =
        Assert.ThrowsAny<ArgumentException>(act).Message

    use layer = torch.nn.LSTM(3L, 4L, batchFirst = true)

    Assert.StartsWith(
        "An input of [2, 5, 4]; expected is [B, T, 3].",
        refused (fun () -> layer.call (torch.zeros [| 2L; 5L; 4L |]) |> ignore)
    )

    refused (fun () -> torch.nn.GRU(3L, 0L).Dispose()) |> ignore
    refused (fun () -> torch.nn.GRU(3L, 1L, dropout = 1.5).Dispose()) |> ignore

    refused (fun () -> torch.nn.Embedding(3L, 1L, padding_idx = 3L).Dispose())
    |> ignore
