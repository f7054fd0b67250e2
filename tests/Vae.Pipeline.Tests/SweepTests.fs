module Vae.Tests.SweepTests

open System
open System.IO
open System.Threading
open Xunit

let private place = Place()

let private finished (root: string) =
    place.RunsIn root |> List.filter (fun run -> Stored.state run = "completed")

let private words root =
    [|
        "sweep"
        "configs/smoke.toml"
        "seed=1,2,3"
        "objective={kind: elbo, beta: 0.5},{kind: elbo}"
        "--runs"
        root
    |]

[<Fact>]
let ``A sweep makes a run for each combination and one table, and again nothing`` () =
    let root = "table"
    let ended = place.Succeed(Array.append (words root) [| "--jobs"; "2" |])
    Assert.Equal(6, (finished root).Length)

    let rows =
        ended.Out.TrimEnd('\n').Split('\n')
        |> Array.map (fun row -> row.Split([| "  " |], StringSplitOptions.RemoveEmptyEntries))

    Assert.Equal(3, rows.Length)

    Assert.Equal<string array>(
        [|
            "objective"
            "runs"
            "finished"
            "elbo"
            "elbo_sd"
            "log_px"
            "log_px_sd"
            "samples"
        |],
        rows[0] |> Array.map _.Trim()
    )

    // The table's own arithmetic, from the summaries.
    let elbo =
        [
            for run in finished root do
                if (Stored.text run "config.toml").Contains "beta = 0.5" then
                    yield Stored.ask run "SELECT test_elbo FROM [summary]" |> List.head |> List.head :?> float
        ]

    Assert.Equal(3, elbo.Length)
    Assert.Equal(List.average elbo, float (rows[1].[3]), 3)

    let again = place.Succeed(words root)
    Assert.Equal(6, (place.RunsIn root).Length)
    Assert.Equal(ended.Out, again.Out)
    Assert.Equal(6, again.Error.Split("done already").Length - 1)

[<Fact>]
let ``A sweep killed in its middle makes exactly the missing runs when it is started again`` () =
    let root = "killed"

    let slow =
        Array.append (words root) [| "train.steps=60"; "train.validate_every=60"; "train.checkpoint_every=10" |]

    let running = place.Start slow

    while (finished root).Length < 2 && not running.HasEnded do
        Thread.Sleep 20

    Assert.False(running.HasEnded)
    running.Signal 9
    running.Wait() |> ignore
    let before = finished root
    Assert.InRange(before.Length, 2, 5)

    let stamps =
        before
        |> List.map (fun run -> File.GetLastWriteTimeUtc(Path.Combine(run, "summary.parquet")))

    place.Succeed slow |> ignore
    Assert.Equal(6, (finished root).Length)
    Assert.Equal(6, (place.RunsIn root).Length) // what was in the middle went on, in its own folder

    Assert.Equal<DateTime list>(
        stamps,
        before
        |> List.map (fun run -> File.GetLastWriteTimeUtc(Path.Combine(run, "summary.parquet")))
    )

[<Fact>]
let ``A folder that a kill left while it was being made or removed is no member's run`` () =
    let root = "half-made"

    let sweep () =
        place.Succeed("sweep", "configs/smoke.toml", "seed=5", "--runs", root)

    sweep () |> ignore
    let run = List.exactlyOne (place.RunsIn root)
    Directory.Move(run, Path.Combine(Path.GetDirectoryName run, ".run.5.tmp"))
    Assert.DoesNotContain("done already", sweep().Error)
    Assert.Equal("completed", place.RunsIn root |> List.exactlyOne |> Stored.state)

[<Fact>]
let ``A failure is told at the end, and the rest is done`` () =
    let root = "failing"

    let ended =
        place.Run(
            "sweep",
            "configs/smoke.toml",
            "optimizer.lr=1e-3,1e30",
            "train.max_nonfinite_steps=1",
            "--runs",
            root
        )

    Assert.Equal(1, ended.Code)
    Assert.Contains("1 of 2 runs failed", ended.Error)
    Assert.Matches(@"optimizer\.lr=1e30: failed with exit code 4: training diverged", ended.Error)
    let states = place.RunsIn root |> List.map Stored.state |> List.sort
    Assert.Equal<string list>([ "completed"; "failed" ], states)

    Assert.Contains(
        "diverged",
        place.RunsIn root
        |> List.map (fun run -> Stored.text run "status.json")
        |> String.concat ""
    )

[<Theory>]
[<InlineData("seed=range(3,3)", "this range is empty")>]
[<InlineData("seed=range(a)", "'a' is no number")>]
[<InlineData("seed=1,,2", "a value is missing")>]
[<InlineData("seed=range(100000)", "more than 10000")>]
[<InlineData("seeed=1,2", "Did you mean 'seed'?")>]
let ``A senseless sweep is refused before anything runs`` (word: string, reason: string) =
    let ended = place.Run("sweep", "configs/smoke.toml", word, "--runs", "refused")
    Assert.Equal(2, ended.Code)
    Assert.Contains(reason, ended.Error)
    Assert.Empty(place.RunsIn "refused")

[<Fact>]
let ``SIGTERM stops a sweep after checkpoints, and it goes on`` () =
    let root = "stopped"

    let words =
        [|
            "sweep"
            "configs/smoke.toml"
            "seed=1,2"
            "train.steps=3000"
            "train.validate_every=3000"
            "--jobs"
            "2"
            "--runs"
            root
        |]

    let running = place.Start words

    while (place.RunsIn root |> List.filter (fun run -> Stored.step run > 20L)).Length < 2
          && not running.HasEnded do
        Thread.Sleep 20

    running.Signal 15
    let ended = running.Wait()
    Assert.Equal(143, ended.Code)
    Assert.Contains("the same command goes on", ended.Error)
    Assert.Equal<string list>([ "stopped"; "stopped" ], place.RunsIn root |> List.map Stored.state)

[<Fact>]
let ``The job array's script is sound, is submitted, and each of its tasks makes one run`` () =
    let place = Place()
    Directory.CreateDirectory(place.Path "bin") |> ignore

    // What Slurm's sbatch says, of a script that lies where it is told.
    let sbatch =
        place.Path(place.Write "bin/sbatch" "#!/bin/sh\ntest -f \"$1\" && echo Submitted batch job 7\n")

    File.SetUnixFileMode(sbatch, UnixFileMode.UserRead ||| UnixFileMode.UserExecute)
    place.Set "PATH" (place.Path "bin" + ":" + Environment.GetEnvironmentVariable "PATH")

    let ended =
        place.Succeed(
            "sweep",
            "configs/smoke.toml",
            "seed=1,2",
            "--launcher",
            "slurm",
            "--sbatch=--time=0:10:00",
            "--runs",
            "job's runs"
        )

    let script = place.Path "job's runs/smoke/slurm/sweep.sbatch"

    let other =
        place.Succeed("sweep", "configs/smoke.toml", "seed=1,2", "--launcher", "slurm", "--jobs", "1", "--runs", "one")

    Assert.Contains("Submitted", other.Out)
    Assert.Contains("#SBATCH --array=0-1%1\n", File.ReadAllText(place.Path "one/smoke/slurm/sweep.sbatch"))
    Assert.Contains("Submitted batch job 7  (2 tasks", ended.Out)
    let text = File.ReadAllText script
    Assert.StartsWith("#!/bin/bash\n#SBATCH --job-name=smoke\n#SBATCH --array=0-1\n", text)
    Assert.Contains("#SBATCH --time=0:10:00\n", text)
    Assert.Contains("#SBATCH --requeue\n", text)

    let bash (arguments: string list) =
        use shell =
            Diagnostics.Process.Start(Diagnostics.ProcessStartInfo("bash", arguments))

        shell.WaitForExit()
        shell.ExitCode

    Assert.Equal(0, bash [ "-n"; script ])

    let finished () =
        place.RunsIn "job's runs"
        |> List.filter (fun run -> Stored.state run = "completed")

    for task in 0..1 do
        Assert.Equal(0, bash [ "-c"; $"SLURM_ARRAY_TASK_ID={task} bash \"$0\" >/dev/null 2>&1"; script ])
        Assert.Equal(task + 1, (finished ()).Length)
