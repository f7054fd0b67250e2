namespace Vae.Tests

open System
open System.Diagnostics
open System.IO
open System.Runtime.InteropServices
open System.Text
open Vae.Experiments.Results

/// How a process ended and what it said.
type Ended =
    {
        Code: int
        Out: string
        Error: string
    }

    member this.LastLine = this.Out.TrimEnd('\n').Split('\n') |> Array.last

/// A process of the real program.
type Running(run: Process) =
    let out = run.StandardOutput.ReadToEndAsync()
    let error = run.StandardError.ReadToEndAsync()

    [<DllImport("libc")>]
    static extern int kill(int pid, int signal)

    [<DllImport("libc")>]
    static extern nativeint signal(int number, nativeint handler)

    /// Who was started in the background of a shell ignores SIGINT, and so would the program: it's given what a terminal gives.
    static member Start(start: ProcessStartInfo) =
        signal (2, 0n) |> ignore
        new Running(Process.Start start)

    member _.HasEnded = run.HasExited

    /// 2 is SIGINT, 9 SIGKILL, 15 SIGTERM.
    member _.Signal(signal: int) = kill (run.Id, signal) |> ignore

    member _.Wait() =
        if not (run.WaitForExit(TimeSpan.FromMinutes 5.0)) then
            run.Kill()
            failwith $"the program did not end within five minutes; it said:\n{error.Result}"

        {
            Code = run.ExitCode
            Out = out.Result
            Error = error.Result
        }

/// A folder of a test's own, removed at the end of the tests, in which the real program is started: as a user would, outside the
/// repository, with nothing of the tester's own settings, cache or data.
type Place() as this =
    /// The test host is killed at its end without a chance to tidy up, so a shell waits for that.
    static let places =
        let folder = Directory.CreateTempSubdirectory("vae places ").FullName

        let tidy =
            """exec </dev/null >/dev/null 2>&1; while kill -0 "$1"; do sleep 1; done; rm -rf "$2" """

        Process.Start("/bin/sh", [ "-c"; tidy; "sh"; string Environment.ProcessId; folder ])
        |> ignore

        folder

    let folder =
        Directory.CreateDirectory(Path.Combine(places, Guid.NewGuid().ToString("N"))).FullName

    let variables = Collections.Generic.Dictionary<string, string>()

    static let dll =
        Path.Combine(Outside.root, "Vae.Experiments", "bin", "Release", "net10.0", "Vae.Experiments.dll")

    do
        this.Set "HOME" folder
        this.Set "XDG_CACHE_HOME" (Path.Combine(folder, "cache"))
        this.Set "VAE_OFFLINE" "1"

    member _.Folder = folder
    member _.Path(name: string) = Path.Combine(folder, name)
    member _.Set (name: string) (value: string) = variables[name] <- value

    /// Writes a file and gives its name.
    member this.Write (name: string) (text: string) =
        File.WriteAllText(this.Path name, text)
        name

    member _.Start([<ParamArray>] arguments: string array) =
        let start =
            ProcessStartInfo("dotnet", Seq.append [ dll ] arguments, WorkingDirectory = folder)

        start.RedirectStandardOutput <- true
        start.RedirectStandardError <- true
        start.RedirectStandardInput <- true

        for name in List.ofSeq start.Environment.Keys do
            if name.StartsWith "VAE_" then
                start.Environment.Remove name |> ignore

        start.Environment["OMP_WAIT_POLICY"] <- "passive"

        for pair in variables do
            start.Environment[pair.Key] <- pair.Value

        Running.Start start

    member this.Run([<ParamArray>] arguments: string array) = this.Start(arguments).Wait()

    /// Runs what must succeed.
    member this.Succeed([<ParamArray>] arguments: string array) =
        let ended = this.Run arguments

        if ended.Code <> 0 then
            let words = String.Join(' ', arguments)
            failwith $"vae {words} ended with {ended.Code}:\n{ended.Error}"

        ended

    /// The run directories below a folder, oldest first; one whose name begins with a dot is still being made.
    member this.RunsIn(root: string) =
        if Directory.Exists(this.Path root) then
            Directory.GetDirectories(this.Path root)
            |> Array.collect Directory.GetDirectories
            |> Array.filter (fun run ->
                not (Path.GetFileName(run).StartsWith '.')
                && File.Exists(Path.Combine(run, "status.json")))
            |> Array.sort
            |> List.ofArray
        else
            []

    /// Trains into a folder of its own and gives the run directory.
    member this.Train([<ParamArray>] arguments: string array) =
        let root = Guid.NewGuid().ToString("N")
        this.Succeed(Array.append arguments [| "--runs"; root |]) |> ignore
        List.exactlyOne (this.RunsIn root)

/// What a run directory says of itself, read as its users would.
[<RequireQualifiedAccess>]
module Stored =
    let bytes (run: string) (file: string) =
        File.ReadAllBytes(Path.Combine(run, file))

    let text (run: string) (file: string) =
        File.ReadAllText(Path.Combine(run, file))

    let state (run: string) =
        use status = Json.JsonDocument.Parse(bytes run "status.json")
        status.RootElement.GetProperty("state").GetString()

    let step (run: string) =
        use status = Json.JsonDocument.Parse(bytes run "status.json")
        status.RootElement.GetProperty("step").GetInt64()

    /// SQL over the run's tables; [metrics] and the like stand for a Parquet file.
    let ask (run: string) (sql: string) =
        use database = new DuckDb()

        let filled =
            (sql, [ "metrics"; "estimates"; "summary"; "log_weights"; "class_posteriors" ])
            ||> List.fold (fun text table ->
                let file = Path.Combine(run, table + ".parquet") |> DuckDb.NoGlob |> DuckDb.Literal
                text.Replace($"[{table}]", $"read_parquet({file})"))

        [ for row in database.Query(filled).Rows -> List.ofSeq row ]

    /// Holds the answer to the rows that it should have.
    let equal (expected: obj list list, found: obj list list) =
        Xunit.Assert.Equal<obj list list>(expected, found)

    /// Every number of a run that doesn't depend on the clock.
    let numbers (run: string) =
        [
            ask run "SELECT step, epoch, split, metric, value FROM [metrics]"
            ask run "SELECT * EXCLUDE (run_id) FROM [estimates]"
            ask run "SELECT * EXCLUDE (run_id) FROM [log_weights]"
            ask run "SELECT * EXCLUDE (run_id, wall_s, images_per_s) FROM [summary]"
        ]

    let last (run: string) =
        bytes run "checkpoints/last.safetensors"
