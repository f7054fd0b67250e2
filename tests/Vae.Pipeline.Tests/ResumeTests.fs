module Vae.Tests.ResumeTests

open System
open System.IO
open System.Threading
open Xunit

let private place = Place()

/// A training of a second or two whose every part a resumed run has to take up: momentum, epochs, averages over intervals and epochs
/// that a checkpoint cuts, dynamic binarisation, the best weights.
let private training =
    [|
        "configs/smoke.toml"
        "train.steps=600"
        "train.log_every=7"
        "train.validate_every=100"
        "train.checkpoint_every=15"
        "data.train_size=200"
        "data.batch_size=16"
    |]

let private uninterrupted = lazy (place.Train training)

/// Starts training in a folder of its own; gives the process and its run directory.
let private start (arguments: string array) =
    let root = Guid.NewGuid().ToString("N")
    let running = place.Start(Array.append arguments [| "--runs"; root |])

    let rec find () =
        match place.RunsIn root with
        | [ run ] when File.Exists(Path.Combine(run, "run.log")) -> run
        | _ when running.HasEnded -> failwith (running.Wait().Error)
        | _ ->
            Thread.Sleep 5
            find ()

    let run = find ()
    running, run

/// Waits for the step; each look finds every file of the run whole.
let private await (running: Running) (run: string) (step: int64) =
    while not running.HasEnded && Stored.step run < step do
        for table in [ "metrics"; "estimates" ] do
            if File.Exists(Path.Combine(run, $"{table}.parquet")) then
                Stored.ask run $"SELECT count(*) FROM [{table}]" |> ignore

        Thread.Sleep 5

    Assert.False(running.HasEnded, "the training ended before it could be interrupted: it is too short for this test")

let private equalTo (whole: string) (run: string) =
    Assert.Equal<byte array>(Stored.last whole, Stored.last run)

    Assert.Equal<byte array>(
        Stored.bytes whole "checkpoints/best.safetensors",
        Stored.bytes run "checkpoints/best.safetensors"
    )

    Assert.Equal<obj list list list>(Stored.numbers whole, Stored.numbers run)

let private equalToUninterrupted (run: string) = equalTo uninterrupted.Value run

/// bench/soak asks for more.
let private kills =
    match Environment.GetEnvironmentVariable "VAE_KILLS" with
    | null
    | "" -> 25
    | text -> int text

[<Fact>]
let ``Killed again and again, a training ends in the bytes and numbers of one that wasn't`` () =
    let seed = Environment.TickCount
    let random = Random seed
    let steps = 50 * kills + 100
    let training = Array.append training [| $"train.steps={steps}" |]
    let mutable running, run = start training

    for part in 0 .. kills - 1 do
        // Mostly within its share of the steps; now and then at any moment of the program's start.
        if random.Next 5 > 0 then
            await running run (int64 (part * 50 + random.Next(10, 50)))
            Thread.Sleep(random.Next 20)
        else
            Thread.Sleep(random.Next 1500)

        running.Signal 9
        Assert.Equal(137, running.Wait().Code)
        Assert.Equal("running", Stored.state run)
        running <- place.Start("resume", run)

    let ended = running.Wait()
    Assert.True((ended.Code = 0), $"seed {seed}: {ended.Error}")
    Assert.Matches($@"going on from step \d+ of {steps}", ended.Error)
    equalTo (place.Train training) run
    Assert.Empty(Directory.GetFiles(run, ".*", SearchOption.AllDirectories))

[<Fact>]
let ``Killed before its first checkpoint, a training begins again at step 0`` () =
    let seldom =
        Array.append training [| "train.checkpoint_every=600"; "train.validate_every=600" |]

    let running, run = start seldom
    await running run 50L
    running.Signal 9
    running.Wait() |> ignore
    Assert.Empty(Directory.GetFiles(Path.Combine(run, "checkpoints")))
    place.Succeed("resume", run) |> ignore

    let beginnings =
        (Stored.text run "run.log").Split('\n')
        |> Array.filter _.EndsWith("training from step 0 to 600")

    Assert.Equal(2, beginnings.Length)
    Assert.Equal<byte array>(Stored.last (place.Train seldom), Stored.last run)

[<Theory>]
[<InlineData(15, 143)>]
[<InlineData(2, 130)>]
let ``SIGTERM and Ctrl-C stop a training after a checkpoint, and it goes on from there`` (signal: int, code: int) =
    let running, run = start training
    await running run 200L
    running.Signal signal
    let ended = running.Wait()
    Assert.Equal(code, ended.Code)
    Assert.Equal("stopped", Stored.state run)
    let step = Stored.step run
    Assert.InRange(step, 200L, 599L)
    Assert.Contains($"vae: stopped at step {step}; go on with: vae resume {run}", ended.Error)
    Assert.Contains($"going on from step {step} of 600", place.Succeed("resume", run).Error)
    equalToUninterrupted run

/// All that changes in training: learning rate, KL weight, averaged weights; and batches that are added up to a step.
let private scheduled =
    Array.append
        training
        [|
            "train.ema=0.98"
            "train.accumulate=3"
            "objective={kind: elbo, beta: {schedule: linear, from: 0, to: 1, epochs: 40, every: epoch}}"
            "optimizer.lr={schedule: cosine, from: 1e-2, to: 1e-4}"
        |]

[<Fact>]
let ``Schedules, averaged weights and accumulated batches go on where they were`` () =
    let whole = place.Train scheduled
    let running, run = start scheduled
    await running run 150L
    running.Signal 9
    running.Wait() |> ignore
    place.Succeed("resume", run) |> ignore
    equalTo whole run

/// Validations and the evaluation take some seconds: 2,000 images, in chunks of 500.
let private slow =
    [|
        "configs/smoke.toml"
        "train.validate_every=5"
        "train.validate_samples=60"
        "data.valid_size=2000"
        "evaluate.0.samples=60"
        "data.test_size=2000"
    |]

[<Fact>]
let ``A signal in the middle of a validation or of the evaluation is heeded at once, and nothing is counted twice`` () =
    let running, run = start slow
    await running run 5L // is written just before the validation
    running.Signal 15
    Assert.Equal(143, running.Wait().Code)
    Assert.Equal(5L, Stored.step run)
    Assert.Equal("stopped", Stored.state run)

    let running = place.Start("resume", run)

    let validated () =
        File.Exists(Path.Combine(run, "metrics.parquet"))
        && Stored.ask run "FROM [metrics] WHERE split = 'valid' AND step = 10" <> []

    while not running.HasEnded && not (validated ()) do
        Thread.Sleep 20

    running.Signal 2
    Assert.Equal(130, running.Wait().Code)
    Assert.Equal(10L, Stored.step run)

    place.Succeed("resume", run) |> ignore
    let whole = place.Train slow
    Assert.Equal<byte array>(Stored.last whole, Stored.last run)
    Assert.Equal<obj list list list>(Stored.numbers whole, Stored.numbers run)

[<Fact>]
let ``To resume a completed run changes nothing and says so`` () =
    let run = uninterrupted.Value

    let before =
        Directory.GetFiles(run, "*", SearchOption.AllDirectories)
        |> Array.map File.ReadAllBytes

    let ended = place.Succeed("resume", run)
    Assert.Contains("complete; there is nothing to resume", ended.Error)
    Assert.StartsWith(Path.GetRelativePath(place.Folder, run), ended.LastLine)

    Assert.Equal<byte array array>(
        before,
        Directory.GetFiles(run, "*", SearchOption.AllDirectories)
        |> Array.map File.ReadAllBytes
    )

[<Fact>]
let ``A run that another process trains is left alone`` () =
    let running, run = start (Array.append training [| "train.steps=1000000" |])
    await running run 1L

    for command in [ [| "resume"; run |]; [| "evaluate"; run; "kind=elbo" |] ] do
        let ended = place.Run command
        Assert.Equal(1, ended.Code)
        Assert.Contains($"another process is at work on {run}", ended.Error)

    Assert.Equal("running", Stored.state run)
    running.Signal 9
    running.Wait() |> ignore
