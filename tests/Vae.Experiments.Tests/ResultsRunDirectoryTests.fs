module Vae.Tests.ResultsRunDirectoryTests

open System
open System.Collections.Generic
open System.Diagnostics
open System.IO
open System.Text.Json
open System.Text.RegularExpressions
open System.Threading
open System.Threading.Tasks
open Vae.Experiments
open Vae.Experiments.Results
open Xunit

let private folder () =
    Directory.CreateTempSubdirectory("runs").FullName

/// A clock that stands still.
type private At(time: DateTimeOffset) =
    inherit TimeProvider()
    override _.GetUtcNow() = time

let private noon = At(DateTimeOffset(2025, 3, 4, 12, 5, 6, TimeSpan.Zero))

[<Fact>]
let ``A run's folder is named by name, UTC time and four digits`` () =
    let root = folder ()
    let run = RunDirectory.Create(root, "mean_field", noon)
    Assert.Matches(Regex "^mean_field/20250304-120506-[0-9a-f]{4}$", run.Id)
    Assert.Equal(Path.Combine(root, run.Id), run.FullPath)
    Assert.Equal(Path.Combine(root, run.Id, "metrics.parquet"), run.Metrics)
    Assert.True(Directory.Exists run.Checkpoints && Directory.Exists run.Figures)
    Assert.Equal(RunState.Running, run.ReadStatus().State)
    let again = RunDirectory.Open(run.FullPath + "/")
    Assert.Equal(run.Id, again.Id)

[<Fact>]
let ``Runs of the same second have a folder each`` () =
    let root = folder ()
    let ids = Array.zeroCreate<string> 600
    // Among so many of 65,536 names some are drawn twice (98 of 100 times), so that losing the race is tried too.
    Parallel.For(0, ids.Length, fun i -> ids[i] <- RunDirectory.Create(root, "same", noon).Id)
    |> ignore

    Assert.Equal(ids.Length, (HashSet ids).Count)
    Assert.Equal(ids.Length, Directory.GetFileSystemEntries(Path.Combine(root, "same")).Length)

[<Fact>]
let ``A place that cannot be written is named, with the reason`` () =
    let file = Path.Combine(folder (), "file")
    File.WriteAllText(file, "")

    for root in [ file; "/proc/nowhere" ] do
        let error =
            Assert.Throws<ExperimentException>(fun () -> RunDirectory.Create(root, "a") |> ignore)

        Assert.Equal(ExitCode.Failure, error.Code)
        Assert.Contains(root, error.Message)

[<Fact>]
let ``What is no run directory is refused`` () =
    let empty = folder ()

    for path, words in [ empty, "not a run directory"; Path.Combine(empty, "missing"), "is not there" ] do
        let error =
            Assert.Throws<ExperimentException>(fun () -> RunDirectory.Open path |> ignore)

        Assert.Equal(ExitCode.Usage, error.Code)
        Assert.Contains(words, error.Message)

[<Fact>]
let ``The status says state, reason, heartbeat, step and process`` () =
    let run = RunDirectory.Create(folder (), "a", noon)
    run.WriteStatus(RunState.Stopped, 1234L, "interrupted \"by hand\"")
    use json = JsonDocument.Parse(File.ReadAllText run.Status)
    let get (name: string) = json.RootElement.GetProperty name
    Assert.Equal("stopped", (get "state").GetString())
    Assert.Equal("interrupted \"by hand\"", (get "reason").GetString())
    Assert.Equal(DateTimeOffset(2025, 3, 4, 12, 5, 6, TimeSpan.Zero), (get "heartbeat").GetDateTimeOffset())
    Assert.Equal(1234L, (get "step").GetInt64())
    Assert.Equal(Environment.ProcessId, (get "pid").GetInt32())
    let back = RunDirectory.Open(run.FullPath).ReadStatus()
    Assert.Equal((RunState.Stopped, 1234L), (back.State, back.Step))
    File.WriteAllText(run.Status, "{")
    let error = Assert.Throws<ExperimentException>(fun () -> run.ReadStatus() |> ignore)
    Assert.Contains(run.Status, error.Message)

[<Fact>]
let ``A reader never sees half a status`` () =
    let run = RunDirectory.Create(folder (), "a")
    use stop = new CancellationTokenSource()
    let first = TaskCompletionSource()

    let reader =
        Task.Run(fun () ->
            while not stop.IsCancellationRequested do
                run.ReadStatus() |> ignore
                first.TrySetResult() |> ignore)

    Task.WaitAny(reader, first.Task) |> ignore

    for step in 1L .. 100L do
        run.WriteStatus(RunState.Running, step, String('x', int step * 100))

    stop.Cancel()
    reader.Wait()

let private git (folder: string) (arguments: string list) =
    let start =
        ProcessStartInfo("git", "-C" :: folder :: arguments, RedirectStandardOutput = true)

    start.Environment["GIT_CONFIG_GLOBAL"] <- "/dev/null"
    use git = Process.Start start
    let output = git.StandardOutput.ReadToEnd()
    git.WaitForExit()
    Assert.Equal(0, git.ExitCode)
    output.Trim()

[<Fact>]
let ``A checkout is known by its commit and how it differs`` () =
    let root = folder ()
    Assert.Null(GitState.Of root)
    git root [ "init"; "-q" ] |> ignore
    Assert.Null(GitState.Of root)
    let file = Path.Combine(root, "a.txt")
    File.WriteAllText(file, "before\n")
    git root [ "add"; "." ] |> ignore

    git root [ "-c"; "user.name=n"; "-c"; "user.email=e@x"; "commit"; "-q"; "-m"; "m" ]
    |> ignore

    let clean = GitState.Of root
    Assert.Equal(GitState(git root [ "rev-parse"; "HEAD" ], false, null), clean)
    File.WriteAllText(file, "after\n")
    let dirty = GitState.Of root
    Assert.True dirty.Dirty
    Assert.Contains("-before\n+after\n", dirty.Patch)
    File.WriteAllText(file, String('x', 300_000))
    Assert.Equal(GitState(clean.Commit, true, null), GitState.Of root)

[<Fact>]
let ``The environment is written with what was given and what was seen`` () =
    let run = RunDirectory.Create(folder (), "a")

    let environment =
        EnvironmentInfo.Capture(
            "cpu",
            2,
            "1.13.1",
            "mnist",
            dict [ "train.gz", "ab" ] |> Dictionary,
            [| "run"; "a b" |]
        )

    run.WriteEnvironment environment
    use json = JsonDocument.Parse(File.ReadAllText run.Environment)
    let get (name: string) = json.RootElement.GetProperty name
    Assert.Equal("1.13.1", (get "libtorch").GetString())
    Assert.Equal("ab", (get "dataset_sha256").GetProperty("train.gz").GetString())
    Assert.Equal("a b", (get "command_line").EnumerateArray() |> Seq.last |> _.GetString())
    Assert.StartsWith(".NET 10", (get "dotnet").GetString())
    Assert.True((get "cores").GetInt32() >= 1 && (get "memory_bytes").GetInt64() > 100_000_000L)

    if Directory.Exists(Path.Combine(Outside.root, ".git")) then
        Assert.Equal(git Outside.root [ "rev-parse"; "HEAD" ], (get "commit").GetString())

[<Fact>]
let ``Runs go where the option says, else into the repository, else here`` () =
    let here = folder ()
    Assert.Equal(Path.Combine(here, "elsewhere"), RunsRoot.Resolve("elsewhere", here))
    Assert.Equal("/abs", RunsRoot.Resolve("/abs", here))
    Assert.Equal(Path.Combine(here, "runs"), RunsRoot.Resolve(null, here))
    Assert.Equal(Path.Combine(Outside.root, "runs"), RunsRoot.Resolve(null, Path.Combine(Outside.root, "docs")))

[<Fact>]
let ``The log keeps what it has and dates each event`` () =
    let path = Path.Combine(folder (), "run.log")

    for message in [ "first"; "second\nline" ] do
        use log = new RunLog(path, noon)
        log.Write message

    Assert.Equal("2025-03-04T12:05:06Z first\n2025-03-04T12:05:06Z second\n    line\n", File.ReadAllText path)
