module Vae.Tests.FrontDoorTests

open System
open System.Diagnostics
open System.IO
open Xunit

/// What a started ./vae did.
type private Outcome =
    {
        Status: int
        Out: string
        Error: string
        Calls: string list
    }

/// A repository of a few small files in a folder with a space in its name, and a PATH on which all that would install, restore or build
/// is a stub that notes its call.
type private Machine() =
    let folder = Directory.CreateTempSubdirectory("vae door ").FullName
    let repository = Path.Combine(folder, "repository")
    let bin = Path.Combine(folder, "bin")
    let calls = Path.Combine(folder, "calls")
    let variables = Collections.Generic.Dictionary<string, string>()

    let write (path: string) (text: string) =
        let full = Path.Combine(repository, path)
        Directory.CreateDirectory(Path.GetDirectoryName full) |> ignore
        File.WriteAllText(full, text)

    let stub name (body: string) =
        let path = Path.Combine(bin, name)
        File.WriteAllText(path, $"#!/bin/bash\nprintf '%%s\\n' \"{name} $*\" >>'{calls}'\n{body}\n")
        File.SetUnixFileMode(path, UnixFileMode.UserRead ||| UnixFileMode.UserWrite ||| UnixFileMode.UserExecute)

    do
        Directory.CreateDirectory bin |> ignore

        for tool in
            "bash basename cat cut dirname env find flock grep head mkdir mktemp readlink rm sed sha256sum sort xargs sleep touch"
                .Split
                ' ' do
            File.CreateSymbolicLink(Path.Combine(bin, tool), $"/usr/bin/{tool}") |> ignore

        for file in
            "vae global.json .editorconfig BannedSymbols.txt package.json package-lock.json .npmrc .config/dotnet-tools.json paket.dependencies paket.lock"
                .Split
                ' ' do
            write file (File.ReadAllText(Path.Combine(Outside.root, file)))

        write "Vae.Experiments/Program.cs" "return 0;"
        Directory.CreateDirectory(Path.Combine(folder, "packages", "paket")) |> ignore

        for program in [ "node"; "g++" ] do
            stub program ""

        stub "npm" "mkdir -p node_modules"
        stub "id" "echo ${FAKE_ID:-1000}"
        stub "sudo" "[[ $FAKE_SUDO == yes ]] || exit 1; shift; \"$@\""
        stub "apt-get" "[[ $1 != install || -f lists ]] || exit 100; [[ $1 != update ]] || touch lists"
        stub "dpkg-query" "[[ \" $FAKE_MISSING \" == *\" ${@: -1} \"* ]] || printf installed"

        // `test` writes results/NAME.trx when there is one in the repository: the counters of a real run, made by hand.
        stub
            "dotnet"
            """case $1 in
  nuget) printf 'D feed-that-is-off\nE feed-that-is-on\n' ;;
  paket) [[ $NUGET_SOURCE == feed-that-is-on ]] || exit 1 ;;
  build) sleep 0.2; mkdir -p Vae.Experiments/bin/Release/net10.0; touch Vae.Experiments/bin/Release/net10.0/Vae.Experiments.dll
         mkdir -p Vae.Inference/bin/Release/net10.0; touch Vae.Inference/bin/Release/net10.0/Vae.Inference.dll
         [[ ! -f broken ]] || { echo 'Program.cs(1,1): error'; exit 1; } ;;
  test)  project=${2%%/bin/*}
         [[ ! -f $project/result ]] || cp "$project/result" "$4/${6#*=}"
         [[ ! -f $project/status ]] || exit "$(cat "$project/status")" ;;
  */Vae.Experiments.dll | */Vae.Inference.dll) pwd; exit 7 ;;
esac"""

        File.CreateSymbolicLink(Path.Combine(bin, "cp"), "/usr/bin/cp") |> ignore

    member _.Folder = folder
    member _.Write path text = write path text

    member _.Read path =
        File.ReadAllText(Path.Combine(repository, path))

    member _.Without program = File.Delete(Path.Combine(bin, program))
    member _.Set name value = variables[name] <- value

    /// A test project whose run ends with this status and, where there are any, these counters.
    member _.TestProject(name: string, status: int, ?counters: string) =
        write $"tests/{name}/{name}.fsproj" "<Project />"
        write $"tests/{name}/status" (string status)

        counters
        |> Option.iter (fun counters ->
            write
                $"tests/{name}/result"
                $"<TestRun>\n  <ResultSummary outcome=\"Completed\">\n    <Counters {counters} />\n  </ResultSummary>\n</TestRun>\n")

    member _.Begin(script: string, arguments: string list) =
        let start =
            ProcessStartInfo("/usr/bin/bash", script :: arguments, WorkingDirectory = folder)

        start.RedirectStandardOutput <- true
        start.RedirectStandardError <- true
        start.Environment.Clear()
        start.Environment["PATH"] <- bin
        start.Environment["HOME"] <- folder
        start.Environment["NUGET_PACKAGES"] <- Path.Combine(folder, "packages")

        for pair in variables do
            start.Environment[pair.Key] <- pair.Value

        Process.Start start

    member _.End(run: Process) =
        let error = run.StandardError.ReadToEndAsync()
        let out = run.StandardOutput.ReadToEnd()
        run.WaitForExit()

        let made =
            if File.Exists calls then
                File.ReadAllLines calls |> List.ofArray
            else
                []

        {
            Status = run.ExitCode
            Out = out
            Error = error.Result
            Calls = made
        }

    /// Starts the repository's vae from another folder; the calls are those of this start alone.
    member this.Start([<ParamArray>] arguments: string array) =
        File.Delete calls
        this.End(this.Begin(Path.Combine(repository, "vae"), List.ofArray arguments))

    interface IDisposable with
        member _.Dispose() = Directory.Delete(folder, true)

let private steps (outcome: Outcome) =
    outcome.Calls
    |> List.filter (fun call -> call.StartsWith "npm" || call.StartsWith "dotnet" && not (call.Contains ".dll"))

[<Fact>]
let ``A missing program is named, with exit 2 and before anything is done`` () =
    use machine = new Machine()
    machine.Without "g++"
    machine.Without "npm"
    let outcome = machine.Start "--help"
    Assert.Equal(2, outcome.Status)
    Assert.Contains("missing on this machine: npm g++", outcome.Error)
    Assert.Empty outcome.Calls

[<Fact>]
let ``Without the right to install, the exact command is printed, with exit 2`` () =
    use machine = new Machine()
    machine.Set "FAKE_MISSING" "libtorch-dev libtomlplusplus-dev"
    let outcome = machine.Start "--help"
    Assert.Equal(2, outcome.Status)

    Assert.Contains(
        "apt-get install -y --no-install-recommends libtomlplusplus-dev libtorch-dev",
        outcome.Error.Split('\n') |> Array.map _.Trim()
    )

    Assert.DoesNotContain(outcome.Calls, fun call -> call.StartsWith "apt-get")

[<Theory>]
[<InlineData("FAKE_ID", "0")>]
[<InlineData("FAKE_SUDO", "yes")>]
let ``With the right to install, packages are installed, and the lists are fetched when that fails``
    (right: string, value: string)
    =
    use machine = new Machine()
    machine.Set right value
    machine.Set "FAKE_MISSING" "libopenblas0-openmp"
    let outcome = machine.Start "--help"
    let install = "apt-get install -y --no-install-recommends libopenblas0-openmp"

    Assert.Equal<string>(
        [ install; "apt-get update"; install ],
        outcome.Calls |> List.filter (fun call -> call.StartsWith "apt-get")
    )

    Assert.Equal(7, outcome.Status)

[<Fact>]
let ``A libtorch of the user's own needs no Debian package of it`` () =
    use machine = new Machine()
    machine.Set "FAKE_MISSING" "libtorch-dev libopenblas0-openmp"
    machine.Set "LIBTORCH" "/opt/libtorch"
    Assert.Equal(7, (machine.Start "--help").Status)

[<Fact>]
let ``The first start does every step and says it; the second does none and says nothing`` () =
    use machine = new Machine()
    let first = machine.Start("a b", "c")
    Assert.Equal(7, first.Status)

    for step in [ "npm packages"; "dotnet tools"; "NuGet packages"; "build Vae.Experiments" ] do
        Assert.Matches($@"(?m)^setup  {step} +\d+\.\d s$", first.Error)

    let second = machine.Start("a b", "c")
    Assert.Empty(steps second)
    Assert.Equal("", second.Error)
    Assert.Equal(7, second.Status)

[<Fact>]
let ``The program runs in the user's folder, through a symbolic link too`` () =
    use machine = new Machine()
    let link = Path.Combine(machine.Folder, "link")
    File.CreateSymbolicLink(link, "repository/vae") |> ignore
    let outcome = machine.End(machine.Begin(link, [ "run"; "x" ]))
    Assert.Equal(machine.Folder + "\n", outcome.Out)
    Assert.EndsWith("Vae.Experiments.dll run x", List.last outcome.Calls)

[<Fact>]
let ``serve goes to the service, which is built for it and not again`` () =
    use machine = new Machine()
    let outcome = machine.Start("serve", "models", "--port", "1")
    Assert.Equal(7, outcome.Status)
    Assert.EndsWith("Vae.Inference.dll models --port 1", List.last outcome.Calls)
    Assert.Contains(outcome.Calls, fun call -> call.StartsWith "dotnet build Vae.Inference/Vae.Inference.csproj")
    Assert.Empty(steps (machine.Start("serve", "models")))

[<Fact>]
let ``A changed source is built again, and nothing else`` () =
    use machine = new Machine()
    machine.Start "x" |> ignore
    machine.Write "Vae.Experiments/Program.cs" "return 1;"
    let build = Assert.Single(steps (machine.Start "x"))
    Assert.StartsWith("dotnet build Vae.Experiments/Vae.Experiments.csproj -c Release", build)

[<Fact>]
let ``A build that fails shows why, and is tried again`` () =
    use machine = new Machine()
    machine.Write "broken" ""
    let outcome = machine.Start "x"
    Assert.Equal(1, outcome.Status)
    Assert.Contains("Program.cs(1,1): error", outcome.Error)
    Assert.Single(steps (machine.Start "x")) |> ignore

[<Fact>]
let ``Two started at once build once`` () =
    use machine = new Machine()
    let script = Path.Combine(machine.Folder, "repository", "vae")
    let runs = [ for _ in 1..2 -> machine.Begin(script, [ "x" ]) ]
    let outcomes = runs |> List.map machine.End
    Assert.All(outcomes, fun outcome -> Assert.Equal(7, outcome.Status))

    Assert.Single(outcomes[1].Calls |> List.filter (fun call -> call.StartsWith "dotnet build"))
    |> ignore

[<Fact>]
let ``An address in Paket's lock becomes the variable again`` () =
    use machine = new Machine()
    let lock = machine.Read "paket.lock"
    machine.Write "paket.lock" (lock.Replace("%NUGET_SOURCE%", "https://feed.example/index"))
    machine.Start "x" |> ignore
    Assert.Equal(lock, machine.Read "paket.lock")

let private lastLine (outcome: Outcome) =
    outcome.Out.TrimEnd('\n').Split('\n') |> Array.last

[<Fact>]
let ``Test counts are summed over the projects`` () =
    use machine = new Machine()
    machine.TestProject("One.Tests", 0, """total="5" executed="5" passed="5" failed="0" error="0" """)
    machine.TestProject("Two.Tests", 0, """total="3" executed="3" passed="3" failed="0" error="0" """)
    let outcome = machine.Start("test", "--filter", "Name~x")
    Assert.Equal("8 passed, 0 failed", lastLine outcome)
    Assert.Equal(0, outcome.Status)

    Assert.Equal(
        2,
        outcome.Calls
        |> List.filter (fun call -> call.EndsWith "--filter Name~x")
        |> List.length
    )

[<Fact>]
let ``Failed and skipped tests are counted, and a failed one fails the run`` () =
    use machine = new Machine()
    machine.TestProject("One.Tests", 1, """total="9" executed="7" passed="4" failed="3" error="0" """)
    machine.TestProject("Two.Tests", 0, """total="1" executed="1" passed="1" failed="0" error="0" """)
    let outcome = machine.Start "test"
    Assert.Equal("5 passed, 3 failed, 2 skipped", lastLine outcome)
    Assert.Equal(1, outcome.Status)

[<Fact>]
let ``A test host that crashes is a failure, with a result file and without`` () =
    use machine = new Machine()
    machine.TestProject("One.Tests", 1, """total="2" executed="2" passed="2" failed="0" error="0" """)
    machine.TestProject("Two.Tests", 134)
    let outcome = machine.Start "test"
    Assert.Equal("2 passed, 2 failed", lastLine outcome)
    Assert.Contains("Two.Tests ended with status 134", outcome.Error)
    Assert.Equal(1, outcome.Status)

[<Fact>]
let ``No test at all is no success`` () =
    use machine = new Machine()
    machine.TestProject("One.Tests", 0)
    let outcome = machine.Start "test"
    Assert.Equal("0 passed, 0 failed", lastLine outcome)
    Assert.Equal(1, outcome.Status)
