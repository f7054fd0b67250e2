module Vae.Tests.ModuleTests

open System
open System.Collections.Generic
open System.IO
open TorchSharp
open TorchSharp.Modules
open TorchSharp.Utils
open Vae.Torch
open Xunit

type Tensor = torch.Tensor
type Net = torch.nn.Module<Tensor, Tensor>

/// A hidden layer in a base class, and the heir's own parts: fields of every kind that RegisterComponents looks for.
[<AbstractClass>]
type Base(name: string) =
    inherit torch.nn.Module<Tensor, Tensor>(name)

    [<DefaultValue>]
    val mutable hidden: Linear

type Heir() as this =
    inherit Base("heir")

    [<DefaultValue>]
    val mutable shift: Parameter

    [<DefaultValue; ComponentName(Name = "other_name")>]
    val mutable renamed: Linear

    [<DefaultValue>]
    val mutable scale: Tensor

    [<DefaultValue>]
    val mutable nothing: Linear

    do
        this.hidden <- torch.nn.Linear(3L, 4L)
        this.shift <- new Parameter(torch.zeros [| 2L |])
        this.renamed <- torch.nn.Linear(4L, 2L, hasBias = false)
        this.scale <- torch.ones [| 2L |]
        this.RegisterComponents()

    override this.forward x =
        this.renamed.call (torch.nn.functional.relu (this.hidden.call x)) * this.scale
        + this.shift

let values (t: Tensor) =
    t.detach().``double``().data<double>().ToArray()

let names (pairs: seq<struct (string * 'T)>) =
    [ for struct (name, _) in pairs -> name ]

[<Fact>]
let ``Fields are registered by name, base class first; a null field is not`` () =
    use net = new Heir()

    Assert.Equal<string list>(
        [ "shift"; "hidden.weight"; "hidden.bias"; "other_name.weight" ],
        names (net.named_parameters ())
    )

    Assert.Equal<string list>([ "scale" ], names (net.named_buffers ()))
    Assert.Equal<string list>([ "hidden"; "other_name" ], names (net.named_children ()))

    Assert.Equal<string list>(
        [ "shift"; "scale"; "hidden.weight"; "hidden.bias"; "other_name.weight" ],
        List.ofSeq (net.state_dict().Keys)
    )

[<Fact>]
let ``A sequence names its modules by place, and lists below lists have dotted names`` () =
    use net =
        torch.nn.Sequential(
            torch.nn.Linear(2L, 3L) :> Net,
            torch.nn.ReLU(),
            torch.nn.Sequential(torch.nn.Linear(3L, 1L) :> Net)
        )

    Assert.Equal<string list>([ "0.weight"; "0.bias"; "2.0.weight"; "2.0.bias" ], names (net.named_parameters ()))

    Assert.Equal<string list>([ "0"; "1"; "2"; "2.0" ], names (net.named_modules ()))

[<Fact>]
let ``A parameter that is shared is listed once and stored under both names`` () =
    use first = torch.nn.Linear(2L, 2L, hasBias = false)
    use second = torch.nn.Linear(first.weight)
    use net = torch.nn.Sequential(first :> Net, second)
    Assert.Equal(1, Seq.length (net.parameters ()))
    Assert.Equal(2, net.state_dict().Count)

[<Theory>]
[<InlineData("")>]
[<InlineData("a.b")>]
[<InlineData("weight")>]
let ``A name that is empty, dotted or taken is refused`` (name: string) =
    use net = torch.nn.Linear(2L, 2L)
    use tensor = torch.zeros [| 1L |]

    let e =
        Assert.Throws<ArgumentException>(fun () -> net.register_buffer (name, tensor))

    Assert.Contains($"'{name}'", e.Message)

[<Fact>]
let ``A state written to a file comes back to the last bit, and the file's bytes are the same each time`` () =
    use net = new Heir()
    use other = new Heir()
    let folder = Directory.CreateTempSubdirectory()
    let path name = Path.Combine(folder.FullName, name)

    try
        let metadata = dict [ "epoch", "7" ] |> Dictionary
        StateFile.Save(path "a.safetensors", net.state_dict (), metadata)
        StateFile.Save(path "b.safetensors", net.state_dict (), metadata)
        Assert.Equal<byte[]>(File.ReadAllBytes(path "a.safetensors"), File.ReadAllBytes(path "b.safetensors"))
        let file = StateFile.Load(path "a.safetensors")
        Assert.Equal("7", file.Metadata["epoch"])
        other.load_state_dict file.Tensors |> ignore

        for struct (name, parameter) in net.named_parameters () do
            Assert.Equal<double[]>(values parameter, values (other.get_parameter name))

        use x = torch.ones [| 5L; 3L |]
        Assert.Equal<double[]>(values (net.call x), values (other.call x))
    finally
        folder.Delete true

[<Fact>]
let ``Every element type survives the file`` () =
    let path = Path.GetTempFileName()

    try
        let types =
            [
                torch.ScalarType.Float64
                torch.ScalarType.Float16
                torch.ScalarType.BFloat16
                torch.ScalarType.Int64
                torch.ScalarType.Int32
                torch.ScalarType.Int16
                torch.ScalarType.Int8
                torch.ScalarType.Byte
                torch.ScalarType.Bool
            ]

        let tensors = Dictionary()

        for t in types do
            tensors.Add($"{t}", torch.tensor([| 0f; 1f; 1f; 0f; 1f; 0f |]).reshape(2L, 3L).``to`` t)

        tensors.Add("a transposed view", torch.tensor([| 1f; 2f; 3f; 4f; 5f; 6f |]).reshape(2L, 3L).t())
        StateFile.Save(path, tensors)

        for KeyValue(name, loaded) in StateFile.Load(path).Tensors do
            Assert.Equal(tensors[name].dtype, loaded.dtype)
            Assert.Equal<int64[]>(tensors[name].shape, loaded.shape)
            Assert.Equal<double[]>(values tensors[name], values loaded)
    finally
        File.Delete path

[<Fact>]
let ``A state that does not fit names every key, with both shapes, and changes nothing`` () =
    use net = new Heir()
    use x = torch.ones [| 1L; 3L |]
    let before = values (net.call x)
    let state = Dictionary(net.state_dict ())
    state.Remove "shift" |> ignore
    state.Add("shfit", torch.zeros [| 2L |])
    state["hidden.weight"] <- torch.ones [| 3L; 4L |]
    state["hidden.bias"] <- torch.ones [| 4L |] * 9

    let e =
        Assert.Throws<InvalidOperationException>(fun () -> net.load_state_dict state |> ignore)

    Assert.Contains("'shift' is missing", e.Message)
    Assert.Contains("'shfit' is unknown", e.Message)
    Assert.Contains("'hidden.weight' has the shape [3, 4], expected [4, 3]", e.Message)
    Assert.Equal<double[]>(before, values (net.call x))

[<Fact>]
let ``Loosely, keys may be missing or unknown, and are returned`` () =
    use net = new Heir()
    let state = Dictionary<string, Tensor>()
    state.Add("shift", torch.ones [| 2L |] * 3)
    state.Add("unknown", torch.ones [| 1L |])
    let struct (missing, unexpected) = net.load_state_dict (state, strict = false)
    Assert.Equal<string list>([ "scale"; "hidden.weight"; "hidden.bias"; "other_name.weight" ], List.ofSeq missing)
    Assert.Equal<string list>([ "unknown" ], List.ofSeq unexpected)
    Assert.Equal<double[]>([| 3.0; 3.0 |], values net.shift)

[<Fact>]
let ``A parameter is a leaf that takes the place of its tensor`` () =
    use _ = torch.NewDisposeScope()
    let computed = torch.ones([| 2L |]).requires_grad_() * 3
    let p = new Parameter(computed)
    Assert.True(p.is_leaf && p.requires_grad && computed.IsInvalid)
    Assert.Equal<double[]>([| 3.0; 3.0 |], values p)

[<Fact>]
let ``Training and evaluation reach every module`` () =
    use net =
        torch.nn.Sequential(torch.nn.Dropout() :> Net, torch.nn.Sequential(torch.nn.Dropout() :> Net))

    use x = torch.ones [| 100L |]
    net.eval ()
    Assert.All(net.modules (), fun m -> Assert.False m.training)
    Assert.Equal<double[]>(values x, values (net.call x))
    net.train ()
    Assert.All(net.modules (), fun m -> Assert.True m.training)
    Assert.All(values (net.call x), fun v -> Assert.Contains(v, [ 0.0; 2.0; 4.0 ]))

[<Fact>]
let ``A module changes type in place: parameters stay the same objects, integers stay integers`` () =
    use net = torch.nn.BatchNorm1d 3L
    let weight = net.weight
    net.``double`` () |> ignore
    Assert.Same(weight, net.weight)
    Assert.Equal(torch.ScalarType.Float64, net.weight.dtype)
    Assert.Equal(torch.ScalarType.Float64, net.running_var.dtype)
    Assert.Equal(torch.ScalarType.Int64, net.num_batches_tracked.dtype)
    Assert.True(net.weight.requires_grad && net.weight.is_leaf)
    use y = net.call (torch.zeros ([| 2L; 3L |], torch.ScalarType.Float64))
    y.sum().backward()
    Assert.Equal(torch.ScalarType.Float64, net.weight.grad.dtype)

[<Fact>]
let ``On META a module has its shapes, and nothing is allocated`` () =
    let meta = torch.META
    let huge = 100000000L
    use convolution = torch.nn.Conv2d(huge, huge, 3L, device = meta)
    use transposed = torch.nn.ConvTranspose2d(huge, huge, 3L, device = meta)
    use normalised = torch.nn.BatchNorm2d(huge, device = meta)
    use linear = torch.nn.Linear(huge, 2L * huge, device = meta)
    Assert.Equal<int64[]>([| 2L * huge; huge |], linear.weight.shape)
    Assert.Equal<int64[]>([| huge; huge; 3L; 3L |], convolution.weight.shape)

    for m in [ convolution :> torch.nn.Module; transposed; normalised; linear ] do
        Assert.All(m.parameters (), fun p -> Assert.Equal(DeviceType.META, p.device_type))

[<Fact>]
let ``Parameters and buffers outlive the scope they were made in, and die with their module`` () =
    let before = Live.count ()

    let net =
        use _ = torch.NewDisposeScope()
        torch.nn.Sequential(torch.nn.Linear(2L, 2L) :> Net, torch.nn.BatchNorm1d 2L)

    Assert.Equal(before + 7L, Live.count ())
    Assert.All(net.parameters (), fun p -> Assert.False p.IsInvalid)
    net.Dispose()
    Assert.Equal(before, Live.count ())

[<Fact>]
let ``A device that is not there is refused with what is allowed`` () =
    Assert.Equal(DeviceType.CPU, (DeviceSelection.Select "cpu").``type``)

    for name in [ "gpu"; "cuda:x"; "cuda:1:2"; "cuda:-1"; "CPU" ] do
        let e =
            Assert.Throws<ArgumentException>(fun () -> DeviceSelection.Select name |> ignore)

        Assert.Contains("cpu, cuda and cuda:N", e.Message)

    if not (torch.cuda_is_available ()) then
        let e =
            Assert.Throws<ArgumentException>(fun () -> DeviceSelection.Select "cuda" |> ignore)

        Assert.Contains("'cuda' isn't there", e.Message)

[<Fact>]
let ``A scope knows how many bytes its tensors keep, views counted once`` () =
    use outer = torch.NewDisposeScope()
    let before = torch.zeros [| 100L |]
    use scope = torch.NewDisposeScope()
    let a = torch.zeros [| 10L; 10L |]

    let views =
        [ a.t (); a.narrow (0L, 2L, 3L); a.view [| 100L |]; before.view [| 4L; 25L |] ]

    let b = torch.zeros ([| 7L |], dtype = torch.ScalarType.Float64)
    Assert.Equal(4L, int64 views.Length)
    Assert.Equal(400L + 56L + 400L, scope.Bytes()) // a, b, and what a view of `before` keeps
    b.Dispose()
    Assert.Equal(800L, scope.Bytes())
