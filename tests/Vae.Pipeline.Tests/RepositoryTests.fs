module Vae.Tests.RepositoryTests

open System.Diagnostics
open System.IO
open System.Text.Json
open System.Text.RegularExpressions
open Xunit

let private inRoot (path: string) = Path.Combine(Outside.root, path)

/// What git tracks here, or nothing outside a checkout (an archive, a machine without git).
let private tracked =
    try
        let start =
            ProcessStartInfo("git", [ "ls-files"; "-z" ], WorkingDirectory = Outside.root)

        start.RedirectStandardOutput <- true
        start.RedirectStandardError <- true
        use git = Process.Start start
        let listing = git.StandardOutput.ReadToEnd()
        git.WaitForExit()

        if git.ExitCode <> 0 || not (Path.Exists(inRoot ".git")) then
            [||]
        else
            listing.Split('\000', System.StringSplitOptions.RemoveEmptyEntries)
            |> Array.filter (fun path -> File.Exists(inRoot path))
    with :? System.ComponentModel.Win32Exception ->
        [||]

/// A fact about what git tracks; skipped, and counted as skipped, outside a checkout.
type TrackedFactAttribute() as this =
    inherit FactAttribute()

    do
        if Array.isEmpty tracked then
            this.Skip <- "not in a git checkout"

let private naming (pattern: string) =
    let regex = Regex pattern

    [
        for path in tracked do
            if regex.IsMatch(File.ReadAllText(inRoot path, System.Text.Encoding.Latin1)) then
                path
    ]

// The patterns are written so that they don't match themselves.

[<TrackedFact>]
let ``No file names a registry's address`` () =
    Assert.Empty(naming @"(nuget[.]org|npmjs[.](org|com)|pypi[.]org|files[.]pythonhosted[.]org|/v3/index[.]json)")

[<TrackedFact>]
let ``No file names a path of somebody's machine`` () =
    Assert.Empty(naming @"(?<![\w.])/(root|work|tmp/h|home/[a-z]\w*)[/]\w")

[<TrackedFact>]
let ``What is made here is not tracked`` () =
    Assert.Empty(
        tracked
        |> Array.filter (Regex("(^|/)(bin|obj|node_modules|runs|paket-files|[.]vae|native/out)/").IsMatch)
    )

[<Fact>]
let ``Paket's lock names the feed by its variable`` () =
    let remotes =
        Regex.Matches(File.ReadAllText(inRoot "paket.lock"), @"remote: (\S+)")
        |> Seq.map _.Groups[1].Value

    Assert.Equal<string>([ "%NUGET_SOURCE%" ], remotes)

[<Fact>]
let ``npm's packages are pinned, checked and without an address`` () =
    use manifest = JsonDocument.Parse(File.ReadAllText(inRoot "package.json"))

    for group in [ "dependencies"; "devDependencies" ] do
        for package in manifest.RootElement.GetProperty(group).EnumerateObject() do
            Assert.Matches(@"^\d+\.\d+\.\d+", package.Value.GetString())

    use lock = JsonDocument.Parse(File.ReadAllText(inRoot "package-lock.json"))

    // npm ci wants packages for other platforms named as well, which are never fetched here.
    let isForHere (package: JsonProperty) =
        [ "os", "linux"; "cpu", "x64" ]
        |> List.forall (fun (key, here) ->
            match package.Value.TryGetProperty key with
            | true, only -> only.EnumerateArray() |> Seq.exists (fun value -> value.GetString() = here)
            | _ -> true)

    for package in lock.RootElement.GetProperty("packages").EnumerateObject() do
        if package.Name <> "" then
            Assert.False(fst (package.Value.TryGetProperty "resolved"), $"{package.Name} has an address")

            if isForHere package then
                Assert.True(fst (package.Value.TryGetProperty "integrity"), $"{package.Name} has no checksum")
