module Vae.Tests.CheckpointTests

open System
open System.IO
open Vae.Experiments.Results
open Xunit

let private place = Place()

let private short =
    [|
        "configs/smoke.toml"
        "train.steps=40"
        "train.checkpoint_every=10"
        "train.keep_checkpoints=3"
        "train.validate_every=40"
    |]

let private trained = lazy (place.Train short)

let private stored (run: string) =
    Directory.GetFiles(Path.Combine(run, "checkpoints"))
    |> Array.map Path.GetFileName
    |> Array.sort
    |> List.ofArray

/// A copy of the run that says it was stopped, so that it can be resumed.
let private copy (run: string) =
    let target = place.Path(Guid.NewGuid().ToString "N" + "/smoke/20250102-030405-0a0b")

    for file in Directory.GetFiles(run, "*", SearchOption.AllDirectories) do
        let there = Path.Combine(target, Path.GetRelativePath(run, file))
        Directory.CreateDirectory(Path.GetDirectoryName there) |> ignore
        File.Copy(file, there)

    RunDirectory.Open(target).WriteStatus(RunState.Stopped, 40L)
    target

let private damage (run: string) (name: string) =
    let path = Path.Combine(run, "checkpoints", name)
    let bytes = File.ReadAllBytes path
    bytes[bytes.Length / 2] <- bytes[bytes.Length / 2] ^^^ 1uy
    File.WriteAllBytes(path, bytes)

[<Fact>]
let ``The newest checkpoints are kept, and no more than were asked for`` () =
    Assert.Equal<string list>(
        [
            "best.safetensors"
            "last.safetensors"
            "step=00000020.safetensors"
            "step=00000030.safetensors"
        ],
        stored trained.Value
    )

    let only = place.Train(Array.append short [| "train.keep_checkpoints=1" |])
    Assert.Equal<string list>([ "best.safetensors"; "last.safetensors" ], stored only)

[<Fact>]
let ``A damaged checkpoint is named and set aside, and the one before it ends in the same bytes`` () =
    let run = copy trained.Value
    let expected = Stored.last run
    damage run "last.safetensors"
    damage run "step=00000030.safetensors"
    let ended = place.Succeed("resume", run)

    for name in [ "last"; "step=00000030" ] do
        Assert.Contains($"{name}.safetensors is damaged", ended.Error)
        Assert.Contains($"{name}.safetensors.damaged", stored run |> String.concat " ")

    Assert.Contains("going on from step 20 of 40", ended.Error)
    Assert.Equal<byte array>(expected, Stored.last run)
    Assert.Equal<obj list list list>(Stored.numbers trained.Value, Stored.numbers run)

[<Fact>]
let ``Where no checkpoint is sound, resume says which is damaged and ends with 5, each time it's asked`` () =
    let run = copy trained.Value

    for name in [ "last"; "step=00000030"; "step=00000020" ] do
        damage run $"{name}.safetensors"

    for _ in 1..2 do
        let ended = place.Run("resume", run)
        Assert.Equal(5, ended.Code)
        Assert.Contains("step=00000020.safetensors is damaged", ended.Error)

[<Fact>]
let ``A run killed between two checkpoints' names goes on from the one before`` () =
    let run = copy trained.Value
    let expected = Stored.last run
    File.Delete(Path.Combine(run, "checkpoints", "last.safetensors"))
    Assert.Contains("going on from step 30 of 40", place.Succeed("resume", run).Error)
    Assert.Equal<byte array>(expected, Stored.last run)

[<Fact>]
let ``More steps extend a completed run to what a longer one would have been`` () =
    let run = copy trained.Value
    RunDirectory.Open(run).WriteStatus(RunState.Completed, 40L, "all steps taken")
    let ended = place.Succeed("resume", run, "train.steps=60")
    Assert.Contains("going on from step 40 of 60", ended.Error)
    Assert.Contains("train.steps=60", Stored.text run "overrides.txt")
    Assert.Contains("steps = 60", Stored.text run "config.toml")
    let longer = place.Train(Array.append short [| "train.steps=60" |])
    Assert.Equal<byte array>(Stored.last longer, Stored.last run)

[<Theory>]
[<InlineData("train.steps=40", "only a larger number extends it")>]
[<InlineData("train.epochs=100", "is given in steps")>]
[<InlineData("model.latent=3", "may only be made longer")>]
[<InlineData("train.stepz=60", "Did you mean 'steps'?")>]
let ``What isn't an extension is refused, and nothing changes`` (change: string, reason: string) =
    let run = copy trained.Value
    let before = Stored.bytes run "config.toml"

    let changes =
        if change.StartsWith "train.epochs" then
            [| "~train.steps"; change |]
        else
            [| change |]

    let ended = place.Run(Array.append [| "resume"; run |] changes)
    Assert.Equal(2, ended.Code)
    Assert.Contains(reason, ended.Error)
    Assert.Equal<byte array>(before, Stored.bytes run "config.toml")
