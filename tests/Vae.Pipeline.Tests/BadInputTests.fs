module Vae.Tests.BadInputTests

open System
open System.IO
open Xunit

let private place = Place()

let private smokeText =
    File.ReadAllText(Path.Combine(Outside.root, "configs", "smoke.toml"))

let private trained = lazy (place.Train "configs/smoke.toml")

/// The exit code, every phrase on stderr, nothing on stdout, and no trace of .NET.
let private refused (code: int) (phrases: string list) (ended: Ended) =
    Assert.True((ended.Code = code), $"expected exit code {code}, found {ended.Code}:\n{ended.Error}")

    for phrase in phrases do
        Assert.Contains(phrase, ended.Error)

    Assert.DoesNotMatch(@"(?m)^\s+at \S+\(|Unhandled exception", ended.Error)
    Assert.StartsWith("vae: ", ended.Error.Split('\n') |> Array.find (fun line -> line.StartsWith "vae: "))
    Assert.Equal("", ended.Out)

/// A copy of the smoke config with one line for another; gives its name and that line's number.
let private changed (line: string) (other: string) =
    let lines = smokeText.Split '\n'
    let at = Array.findIndex ((=) line) lines
    let text = String.Join('\n', Array.updateAt at other lines)
    place.Write $"{Guid.NewGuid():N}.toml" text, at + 1

[<Fact>]
let ``A typing mistake in a key: file, line, column, and the nearest name`` () =
    let name, line = changed "hidden = [16]" "hiden = [16]"

    place.Run name
    |> refused 2 [ $"{name}:{line}:1: unknown key 'hiden'"; "Did you mean 'hidden'?" ]

[<Fact>]
let ``A string where a number belongs`` () =
    let name, line = changed "lr = 1e-3" "lr = \"fast\""

    place.Run name
    |> refused
        2
        [
            $"{name}:{line}:6: "
            "expected a number or a schedule"
            "found the string \"fast\""
        ]

[<Fact>]
let ``A negative latent size`` () =
    let name, line = changed "latent = 2" "latent = -3"

    place.Run name
    |> refused 2 [ $"{name}:{line}:10: "; "must be at least 1, found -3" ]

[<Fact>]
let ``An unknown data set`` () =
    let name, line = changed "kind = \"glyphs\"" "kind = \"cifar\""

    place.Run name
    |> refused 2 [ $"{name}:{line}:8: "; "\"cifar\""; "glyphs, linear-gaussian, mnist" ]

[<Fact>]
let ``Several errors at once, in the order of the file`` () =
    let text =
        smokeText
            .Replace("latent = 2", "latent = -3")
            .Replace("steps = 10", "step = 10")
            .Replace("lr = 1e-3", "lr = true")

    let ended = place.Run(place.Write "several.toml" text)

    ended
    |> refused 2 [ "found -3"; "unknown key 'step' in [train]"; "expected a number" ]

    let place (phrase: string) = ended.Error.IndexOf phrase

    Assert.True(
        place "found -3" < place "expected a number"
        && place "expected a number" < place "unknown key 'step'"
    )

[<Fact>]
let ``Unknown overrides and options`` () =
    place.Run("configs/smoke.toml", "modle.latent=3")
    |> refused 2 [ "modle.latent=3"; "Did you mean 'model'?" ]

    place.Run("configs/smoke.toml", "--smokey")
    |> refused 2 [ "unknown option '--smokey'. Did you mean '--smoke'?" ]

[<Fact>]
let ``A device that isn't there`` () =
    // no machine has so many GPUs
    place.Run("configs/smoke.toml", "device=cuda:99")
    |> refused 2 [ "The device 'cuda:99' isn't there." ]

[<Fact>]
let ``A command that isn't there`` () =
    place.Run "nonsense"
    |> refused
        2
        [
            "unknown command 'nonsense'"
            "run, resume, sweep, evaluate, sample, reconstruct, traverse, results, compare, runs, sql, watch, report, describe, data, bench, export, serve, test"
        ]

    place.Run "evalute" |> refused 2 [ "Did you mean 'evaluate'?" ]

[<Fact>]
let ``A config that isn't there`` () =
    place.Run "configs/smok.toml"
    |> refused 2 [ "configs/smok.toml: no such file"; "Did you mean 'configs/smoke.toml'?" ]

[<Fact>]
let ``A folder that isn't a run, or isn't there`` () =
    place.Run("resume", place.Folder)
    |> refused 2 [ place.Folder; "is not a run directory" ]

    place.Run("evaluate", "runs/nothing")
    |> refused 2 [ "runs/nothing is not there" ]

[<Fact>]
let ``Neither network nor data: what is missing, where it belongs, and what to do`` () =
    place.Set "VAE_DATA" (place.Path "empty")

    place.Run "configs/mean_field.toml"
    |> refused
        3
        [
            "binarized_mnist_train.amat"
            "VAE_OFFLINE"
            place.Path "empty/binarized-mnist"
            "kind = \"glyphs\""
        ]

[<Fact>]
let ``No mirror answers: each is named with its reason`` () =
    let place = Place()

    for variable in [ "http_proxy"; "https_proxy"; "all_proxy" ] do
        place.Set variable "http://127.0.0.1:1"

    place.Set "no_proxy" ""
    place.Set "VAE_DATA" (place.Path "empty")
    place.Set "VAE_OFFLINE" "0"
    let ended = place.Run("configs/mean_field.toml", "data.kind=mnist")

    ended
    |> refused 3 [ "train-images-idx3-ubyte.gz"; "no mirror gave it"; "kind = \"glyphs\"" ]

    Assert.True(
        ended.Error.Split('\n') |> Array.filter _.StartsWith("  http") |> Array.length
        >= 2,
        ended.Error
    )

/// A place with a copy of MNIST in which the training images are what `spoil` makes of them.
let private spoiltMnist (spoil: byte array -> byte array) =
    let place = Place()
    let source = (Outside.shared "data/mnist").Value
    let target = Directory.CreateDirectory(place.Path "data/mnist").FullName

    for file in Directory.GetFiles source do
        File.CreateSymbolicLink(Path.Combine(target, Path.GetFileName file), file)
        |> ignore

    let images = Path.Combine(target, "train-images-idx3-ubyte.gz")
    let bytes = File.ReadAllBytes images
    File.Delete images
    File.WriteAllBytes(images, spoil bytes)
    place.Set "VAE_DATA" (place.Path "data")
    place

[<SharedFact("data/mnist")>]
let ``Truncated images`` () =
    let place = spoiltMnist (fun bytes -> bytes[.. bytes.Length / 2])

    place.Run("configs/mean_field.toml", "data.kind=mnist")
    |> refused 3 [ place.Path "data/mnist/train-images-idx3-ubyte.gz" ]

[<SharedFact("data/mnist")>]
let ``Images with a wrong checksum`` () =
    let place =
        spoiltMnist (fun bytes ->
            bytes[bytes.Length / 2] <- bytes[bytes.Length / 2] ^^^ 1uy
            bytes)

    place.Run("configs/mean_field.toml", "data.kind=mnist")
    |> refused
        3
        [
            place.Path "data/mnist/train-images-idx3-ubyte.gz"
            "sha256 is"
            "expected 440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
        ]

[<Fact>]
let ``A runs folder that can't be written`` () =
    place.Write "file" "" |> ignore

    place.Run("configs/smoke.toml", "--runs", "file/runs")
    |> refused 1 [ place.Path "file/runs" ]

    place.Run("configs/smoke.toml", "--runs", "/proc/runs")
    |> refused 1 [ "/proc/runs" ]

/// A copy of the trained run, as if stopped, with one of its files changed.
let private spoilt (file: string) (spoil: byte array -> byte array) =
    let run = place.Path $"runs/smoke/{Guid.NewGuid():N}"

    for source in Directory.GetFiles(trained.Value, "*", SearchOption.AllDirectories) do
        let target = Path.Combine(run, Path.GetRelativePath(trained.Value, source))
        Directory.CreateDirectory(Path.GetDirectoryName target) |> ignore
        File.Copy(source, target)

    let status = Path.Combine(run, "status.json")
    File.WriteAllText(status, File.ReadAllText(status).Replace("completed", "stopped"))
    let path = Path.Combine(run, file)
    File.WriteAllBytes(path, spoil (File.ReadAllBytes path))
    run

let private truncate (bytes: byte array) = bytes[.. bytes.Length / 2]

let private flipBit (bytes: byte array) =
    bytes[bytes.Length / 2] <- bytes[bytes.Length / 2] ^^^ 16uy
    bytes

[<Fact>]
let ``A truncated checkpoint and one with a flipped bit`` () =
    for spoil in [ truncate; flipBit ] do
        let run = spoilt "checkpoints/best.safetensors" spoil

        place.Run("evaluate", run, "kind=elbo")
        |> refused 5 [ Path.Combine(run, "checkpoints/best.safetensors"); "damaged" ]

        let run = spoilt "checkpoints/last.safetensors" spoil

        // With one before it, that one would be used.
        for earlier in Directory.GetFiles(Path.Combine(run, "checkpoints"), "step=*") do
            File.Delete earlier

        place.Run("resume", run)
        |> refused 5 [ Path.Combine(run, "checkpoints/last.safetensors"); "damaged" ]

        Assert.Equal("failed", Stored.state run)

[<Fact>]
let ``A checkpoint of another model`` () =
    let run =
        spoilt "config.toml" (fun bytes ->
            (Text.Encoding.UTF8.GetString bytes).Replace("latent = 2", "latent = 3")
            |> Text.Encoding.UTF8.GetBytes)

    for command in [ [| "resume"; run |]; [| "evaluate"; run |] ] do
        place.Run command
        |> refused
            5
            [
                Path.Combine(run, "checkpoints")
                "doesn't fit this config"
                "encoder.layers.1.weight"
            ]

[<Fact>]
let ``An evaluation that makes no sense`` () =
    place.Run("evaluate", trained.Value, "kind=importance", "samples=0")
    |> refused 2 [ "samples: must be at least 1, found 0" ]

    place.Run("evaluate", trained.Value, "kind=importnce")
    |> refused 2 [ "unknown kind \"importnce\""; "importance" ]

[<Fact>]
let ``Divergence ends the run with the step, and what may help`` () =
    let ended =
        place.Run("configs/smoke.toml", "optimizer.lr=1e30", "train.max_nonfinite_steps=3", "--runs", "diverged")

    ended
    |> refused 4 [ "training diverged: 3 steps in a row"; "up to step 3"; "optimizer.lr" ]

    let run = List.exactlyOne (place.RunsIn "diverged")
    Assert.Equal("failed", Stored.state run)
    Assert.Contains("training diverged", Stored.text run "status.json")
    Assert.Contains("training diverged", Stored.text run "run.log")

[<Fact>]
let ``An option of bench that would say nothing is refused`` () =
    place.Run("bench", "mlp", "--peer", "peer.py", "--steps", "3")
    |> refused 2 [ "--steps says nothing with --peer." ]

    place.Run("bench", "mlp", "--publish")
    |> refused 2 [ "--publish says nothing without --peer." ]

[<Fact>]
let ``An option that wants a number says so`` () =
    for words, says in
        [
            [| "bench"; "mlp"; "--steps"; "1.5" |], "--steps is a whole number, at least 1, not 1.5."
            [| "bench"; "mlp"; "--warmup"; "-1" |], "--warmup is a whole number, at least 0, not -1."
            [| "export"; "run"; "--opset"; "new" |], "--opset"
            [| "sweep"; "configs/smoke.toml"; "seed=1..2"; "--jobs"; "many" |], "--jobs"
        ] do
        place.Run words |> refused 2 [ says ]
