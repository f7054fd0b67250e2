/// The same weights, data and noise give the same losses and gradients as in a model written in plain PyTorch.
module Vae.Tests.PyTorchTests

open System
open System.Collections.Generic
open System.IO
open System.Runtime.InteropServices
open System.Text.Json
open TorchSharp
open Vae.Core
open Vae.Core.Distributions
open Vae.Core.Graphs
open Vae.Core.Models
open Vae.Core.Networks
open Vae.Core.Objectives
open Vae.Primitives
open Vae.Torch
open Xunit

type Tensor = torch.Tensor

/// Reads a safetensors file and computes each loss the way a PyTorch user would, in float32 and float64. Losses go to stdout;
/// gradients, as raw float64 in the order of the losses and then of the parameters' names, to a file.
let script =
    """
import array, json, struct, torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Bernoulli, Normal, kl_divergence

with open("@INPUT@", "rb") as f:
    size, = struct.unpack("<Q", f.read(8))
    header = json.loads(f.read(size))
    data = bytearray(f.read())

def tensor(entry):
    begin, end = entry["data_offsets"]
    return torch.frombuffer(data[begin:end], dtype=torch.float32).reshape(entry["shape"])

stored = {name: tensor(entry) for name, entry in header.items() if name not in ("sha256", "__metadata__")}
x, noise = stored.pop("x"), stored.pop("noise")

def mlp(*sizes):
    layers = []
    for i, o in zip(sizes, sizes[1:]):
        layers += [nn.Linear(i, o), nn.ReLU()]
    return nn.Sequential(*layers[:-1])

encoder, decoder = mlp(784, 256, 256, 256), mlp(128, 256, 256, 784)
parameters = {}
for part, net in ("encoder", encoder), ("decoder", decoder):
    for i, layer in enumerate(m for m in net if isinstance(m, nn.Linear)):
        for kind in "weight", "bias":
            name = f"{part}.layers.{i}.{kind}"
            parameters[name] = getattr(layer, kind)
            parameters[name].data.copy_(stored.pop(name))
assert not stored, stored.keys()

def terms(k):
    mean, raw = encoder(x).chunk(2, -1)
    q = Normal(mean, F.softplus(raw))
    z = mean + q.stddev * noise[:k]
    p = Normal(torch.zeros_like(mean), torch.ones_like(mean))
    likelihood = Bernoulli(logits=decoder(z))
    return likelihood.log_prob(x).sum(-1), p.log_prob(z).sum(-1), q.log_prob(z).sum(-1), kl_divergence(q, p).sum(-1)

def elbo_monte_carlo():
    likelihood, prior, q, _ = terms(1)
    return (likelihood + prior - q).mean(0)

def elbo_closed_form():
    likelihood, _, _, kl = terms(1)
    return likelihood.mean(0) - kl

def iwae():
    likelihood, prior, q, _ = terms(5)
    log_w = likelihood + prior - q
    largest = log_w.max(0).values.detach()
    return (log_w - largest).exp().mean(0).log() + largest

losses = []
with open("@OUTPUT@", "wb") as out:
    for dtype in torch.float32, torch.float64:
        encoder.to(dtype), decoder.to(dtype)
        x, noise = x.to(dtype), noise.to(dtype)
        for bound in elbo_monte_carlo, elbo_closed_form, iwae:
            loss = -bound().sum()
            gradients = torch.autograd.grad(loss, [parameters[name] for name in sorted(parameters)])
            losses.append(loss.item())
            for g in gradients:
                array.array("d", g.flatten().tolist()).tofile(out)
print(json.dumps(losses))
"""

let graph: IGraph<Tensor> = TensorGraph()

/// Losses summed over the batch, in the script's order, each with its samples.
let objectives: (string * Objective) list =
    [
        "ELBO with Monte-Carlo KL", Elbo(1, false, Reduction.Sum)
        "ELBO with closed-form KL", Elbo(1, true, Reduction.Sum)
        "IWAE with 5 samples", Iwae(5, Reduction.Sum)
    ]

let values (t: Tensor) =
    t.reshape(-1L).``double``().data<float>().ToArray()

/// ‖a − b‖ / ‖b‖.
let distance (a: float[]) (b: float[]) =
    let norm = Array.sumBy (fun x -> x * x) >> sqrt
    norm (Array.map2 (-) a b) / norm b

/// The mean-field model of static MNIST, whose decoder's last bias knows the data: 32 copies of one picture with 2 % of the pixels
/// flipped. So it fits about as well as a trained one: |log w| is about a hundred nats. Log-weights of many hundreds, as before
/// training, have a step of 6e-5 in float32, and PyTorch's own importance weights are then no better than 2e-5.
let example () =
    let model =
        new VariationalAutoencoder(
            new Mlp(784L, [| 256; 256 |], 256L, Activation.Relu),
            new Mlp(128L, [| 256; 256 |], 784L, Activation.Relu),
            BernoulliLikelihood(),
            ScaleFunction.Softplus
        )

    Initialisation.Draw(model, 3u)
    let ids = torch.arange (32, dtype = torch.ScalarType.Int64)
    let key name = PhiloxKey(4u, Philox.StreamOf name)
    let picture = [| for d in 0..783 -> if d * d % 7 < 2 then 1f else -1f |]

    let flips =
        PhiloxTensor.Uniform(key "x", 0L, ids, 0L, 1L, 784L).squeeze(0L).lt(Scalar.op_Implicit 0.02).float()

    let x = (torch.tensor picture * (1.0 - 2.0 * flips)).relu()

    do
        use _ = torch.no_grad ()

        model.get_parameter("decoder.layers.2.bias").copy_(torch.tensor picture * 4.0)
        |> ignore

    model, x, PhiloxTensor.Normal(key "noise", 0L, ids, 0L, 5L, 128L)

/// PyTorch's losses, each with its gradients end to end: first in float32, then in float64.
let theirs (model: VariationalAutoencoder) x noise =
    let folder = Directory.CreateTempSubdirectory()

    try
        let file name = Path.Combine(folder.FullName, name)
        let state = Dictionary(model.state_dict ())
        state.Add("x", x)
        state.Add("noise", noise)
        StateFile.Save(file "in", state)

        let printed =
            Python.run (script.Replace("@INPUT@", file "in").Replace("@OUTPUT@", file "out"))
            |> Result.defaultWith failwith

        let gradients =
            MemoryMarshal.Cast<byte, float>(ReadOnlySpan(File.ReadAllBytes(file "out"))).ToArray()

        Assert.Equal(2 * objectives.Length * 632848, gradients.Length)
        Array.zip (JsonSerializer.Deserialize<float[]> printed) (Array.chunkBySize 632848 gradients)
    finally
        folder.Delete true

[<PyTorchFact>]
let ``Losses and gradients are PyTorch's to 1e-5 in float32 and to 1e-11 in float64, given its weights, data and noise``
    ()
    =
    use _ = torch.NewDisposeScope()
    let model, x, noise = example ()
    use model = model

    let parameters =
        [ for struct (name, p) in model.named_parameters () -> name, p ]
        |> List.sortWith (fun (a, _) (b, _) -> String.CompareOrdinal(a, b))

    let cases =
        List.allPairs [ torch.ScalarType.Float32, 1e-5; torch.ScalarType.Float64, 1e-11 ] objectives

    for ((dtype, tolerance), (name, objective)), (expected, theirs) in Seq.zip cases (theirs model x noise) do
        ModuleExtensionMethods.``to`` (model, dtype) |> ignore
        model.zero_grad ()
        let noise = noise.narrow(0L, 0L, int64 objective.Samples).``to`` dtype

        let loss =
            objective.Loss(objective.Bound(model.Terms(graph, x.``to`` dtype, noise)))

        loss.backward ()
        let off = distance (values loss) [| expected |]
        Assert.True(off < tolerance, $"{name}, {dtype}: the loss is off by {off}")
        let mutable start = 0

        for parameter, p in parameters do
            let ours = values p.grad
            let off = distance ours (Array.sub theirs start ours.Length)
            start <- start + ours.Length
            Assert.True(off < tolerance, $"{name}, {dtype}: the gradient of {parameter} is off by {off}")
