/// Convolutional networks against the same layers written in plain PyTorch: outputs, gradients and running statistics.
module Vae.Tests.NetworkPyTorchTests

open System
open System.Collections.Generic
open System.IO
open System.Runtime.InteropServices
open TorchSharp
open Vae.Core
open Vae.Core.Graphs
open Vae.Core.Networks
open Vae.Primitives
open Vae.Torch
open Xunit

type Tensor = torch.Tensor

/// Every case has its tensors under "CASE/"; out come, as raw float64, case by case: the output in training, the gradients of
/// Σ output · w in the order of the parameters' names, the buffers thereafter, and the output outside training.
let script =
    """
import array, json, struct, torch
import torch.nn.functional as F

with open("@INPUT@", "rb") as f:
    size, = struct.unpack("<Q", f.read(8))
    header = json.loads(f.read(size))
    data = bytearray(f.read())

cases = {}
for key, entry in header.items():
    if "/" in key:
        begin, end = entry["data_offsets"]
        case, name = key.split("/")
        cases.setdefault(case, {})[name] = torch.frombuffer(data[begin:end], dtype=torch.float64).reshape(entry["shape"]).clone()

def weight(n, axis=0):
    if n + ".gain" not in p:
        return p[n + ".weight"]
    return torch._weight_norm(p[n + ".weight"], p[n + ".gain"].reshape([-1 if i == axis else 1 for i in range(p[n + ".weight"].dim())]), axis)

def norm(n, x):
    if n + ".weight" not in p:
        return x
    if n + ".running_mean" in p:
        return F.batch_norm(x, p[n + ".running_mean"], p[n + ".running_var"], p[n + ".weight"], p[n + ".bias"], training, 0.1, 1e-5)
    return F.group_norm(x, 1, p[n + ".weight"], p[n + ".bias"], 1e-5)

def linear(n, x):
    return norm(n + ".norm", F.linear(x, weight(n), p.get(n + ".bias")))

def conv(n, x, stride=1, padding=0):
    return norm(n + ".norm", F.conv2d(x, weight(n), p.get(n + ".bias"), stride, padding))

def convt(n, x, stride=1, padding=0, extra=0):
    return norm(n + ".norm", F.conv_transpose2d(x, weight(n, 1), p.get(n + ".bias"), stride, padding, extra))

def block(n, x, down=False, up=False):
    b = conv(n + ".conv1", F.elu(norm(n + ".norm1", x)), 2 if down else 1, 1)
    b = F.elu(norm(n + ".norm2", b))
    b = convt(n + ".conv2", b, 2, 1, 1) if up else conv(n + ".conv2", b, 1, 1)
    if down:
        x = x[:, :, ::2, ::2]
    if up:
        x = F.interpolate(x, scale_factor=2, mode="nearest")
    if n + ".shortcut.weight" in p:
        x = conv(n + ".shortcut", x)
    return x + 0.1 * b

def resnet_encoder(x):
    x = x.view(-1, 3, 8, 4)
    for i in range(4):
        x = block(f"blocks.{i}", x, down=i == 2)
    return linear("output", F.elu(linear("hidden", norm("norm", x).flatten(1))))

def resnet_decoder(z):
    x = F.elu(convt("first", z[:, :, None, None]))
    for i in range(4):
        x = block(f"blocks.{i}", x, up=i == 1)
    return conv("output", norm("norm", x)).flatten(1)

def gated(n, f, x, *how):
    return F.elu(f(n + ".value", x, *how)) * torch.sigmoid(f(n + ".gate", x, *how))

def snf_encoder(x):
    x = x.view(-1, 3, 8, 4)
    for i, s in enumerate([1, 2, 1, 2, 1]):
        x = gated(f"layers.{i}", conv, x, s, 2)
    return linear("output", gated("layers.5", conv, x).flatten(1))

def snf_decoder(z):
    x = gated("layers.0", convt, z[:, :, None, None])
    for i, s in enumerate([1, 2, 1, 2, 1]):
        x = gated(f"layers.{i + 1}", convt, x, s, 2, s - 1)
    return conv("output", x).flatten(1)

def conv_encoder(x):
    x = torch.tanh(conv("layers.0", x.view(-1, 3, 8, 4), 2, 1))
    return linear("output", torch.tanh(conv("layers.1", x, 1, 2)).flatten(1))

def conv_decoder(z):
    x = torch.tanh(linear("first", z).view(-1, 5, 4, 2))
    return convt("layers.1", torch.tanh(convt("layers.0", x, 1, 2)), 2, 1, 1).flatten(1)

def nonconv(x):
    a = F.elu(linear("layers.0", x))
    a = F.elu(linear("layers.1", torch.cat([a, x], -1)))
    return linear("layers.2", torch.cat([a, x], -1))

with open("@OUTPUT@", "wb") as out:
    def put(t):
        array.array("d", t.flatten().tolist()).tofile(out)

    for case in sorted(cases):
        p = cases[case]
        x, w = p.pop("x"), p.pop("w")
        parameters = sorted(n for n in p if "running" not in n)
        for n in parameters:
            p[n].requires_grad_()
        network = globals()[case.split("-")[0]]
        training = True
        y = network(x)
        put(y)
        for g in torch.autograd.grad((y * w).sum(), [p[n] for n in parameters]):
            put(g)
        for n in sorted(n for n in p if "running" in n):
            put(p[n])
        training = False
        put(network(x))
"""

let networks: (string * (LayerOptions -> Network)) list =
    let image = ImageShape(3L, 8L, 4L)
    let twice = ImageShape(6L, 8L, 4L)
    let resnet = ResnetOptions(Channels = 4, Stages = 2, Blocks = 2, Hidden = 6)
    let conv = ConvOptions([| 4; 5 |], [| 3; 5 |], [| 2; 1 |], Activation.Tanh)

    [
        "resnet_encoder", (fun o -> new ResnetEncoder(image, 6L, resnet, o))
        "resnet_decoder", (fun o -> new ResnetDecoder(5L, twice, resnet, o))
        "snf_encoder", (fun o -> new SnfEncoder(image, 6L, 2L, true, o))
        "snf_decoder", (fun o -> new SnfDecoder(5L, twice, 2L, true, o))
        "conv_encoder", (fun o -> new ConvEncoder(image, 6L, conv, o))
        "conv_decoder", (fun o -> new ConvDecoder(5L, twice, conv, o))
        "nonconv", (fun o -> new Nonconv(9L, [| 7; 5 |], 6L, Activation.Elu, o, true))
    ]

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

/// Every parameter moved off where it begins, so that gains of 1 and shifts of 0 hide nothing.
let make (o: LayerOptions) (network: LayerOptions -> Network) =
    let net = network o
    Initialisation.Draw(net, 3u)

    do
        use _ = torch.no_grad ()

        for struct (name, p) in net.named_parameters () do
            p.add_ ((normal name 1 (p.numel ())).float().view(p.shape) * 0.3) |> ignore

    ModuleExtensionMethods.``to`` (net, torch.ScalarType.Float64)

let cases =
    [
        for name, network in networks do
            for norm in
                [
                    Normalisation.None
                    Normalisation.Batch
                    Normalisation.Layer
                    Normalisation.Weight
                ] do
                $"{name}-{norm}", make (LayerOptions norm) network
    ]
    |> List.sortWith (fun (a, _) (b, _) -> String.CompareOrdinal(a, b))

let inputs (net: Network) =
    normal "x" 5 net.Inputs, normal "w" 5 net.Outputs

let ordered (tensors: seq<struct (string * Tensor)>) =
    Seq.sortWith (fun (struct (a, _)) (struct (b, _)) -> String.CompareOrdinal(a, b)) tensors

let theirs () =
    let folder = Directory.CreateTempSubdirectory()

    try
        let file name = Path.Combine(folder.FullName, name)
        let stored = Dictionary<string, Tensor>()

        for case, net in cases do
            let x, w = inputs net
            stored.Add($"{case}/x", x)
            stored.Add($"{case}/w", w)

            for entry in net.state_dict () do
                stored.Add($"{case}/{entry.Key}", entry.Value)

        StateFile.Save(file "in", stored)

        Python.run (script.Replace("@INPUT@", file "in").Replace("@OUTPUT@", file "out"))
        |> Result.defaultWith failwith
        |> ignore

        MemoryMarshal.Cast<byte, float>(ReadOnlySpan(File.ReadAllBytes(file "out"))).ToArray()
    finally
        folder.Delete true

[<PyTorchFact>]
let ``Outputs, gradients and running statistics are PyTorch's to 1e-10, for every network and normalisation`` () =
    use _ = torch.NewDisposeScope()
    let expected = theirs ()
    let graph: IGraph<Tensor> = TensorGraph()
    let mutable start = 0

    let compare what (ours: Tensor) =
        let ours = ours.detach().reshape(-1L).data<float>().ToArray()
        let theirs = Array.sub expected start ours.Length
        start <- start + ours.Length

        for a, b in Array.zip ours theirs do
            Assert.True(abs (a - b) < 1e-10 * (1.0 + abs b), $"{what}: {a}, but PyTorch has {b}")

    for case, net in cases do
        let x, w = inputs net
        let y = net.Forward(graph, x)
        compare $"{case}, output" y
        (y * w).sum().backward()

        for struct (name, p) in
            net.named_parameters ()
            |> Seq.map (fun struct (n, p) -> struct (n, p :> Tensor))
            |> ordered do
            compare $"{case}, gradient of {name}" p.grad

        for struct (name, b) in ordered (net.named_buffers ()) do
            compare $"{case}, {name}" b

        net.eval ()
        compare $"{case}, output outside training" (net.Forward(graph, x))

    Assert.Equal(expected.Length, start)
