namespace Vae.Tests

open System
open System.Diagnostics
open System.IO
open Xunit

/// Where a test finds what lies outside the project; every member is None when it isn't there.
[<RequireQualifiedAccess>]
module Outside =
    /// The repository's root: the nearest folder above the test's own that holds VaeResearch.sln.
    let root =
        let rec up (folder: DirectoryInfo) =
            if isNull folder then
                failwith "VaeResearch.sln is in no folder above the tests"
            elif File.Exists(Path.Combine(folder.FullName, "VaeResearch.sln")) then
                folder.FullName
            else
                up folder.Parent

        up (DirectoryInfo AppContext.BaseDirectory)

    /// A path below ../shared, if it is there.
    let shared (path: string) =
        let full = Path.Combine(root, "..", "shared", path) |> Path.GetFullPath
        if Path.Exists full then Some full else None

/// A fact that needs a path below ../shared; skipped, and counted as skipped, when it isn't there.
type SharedFactAttribute(path: string) as this =
    inherit FactAttribute()

    do
        if (Outside.shared path).IsNone then
            this.Skip <- $"../shared/{path} is not there"

/// A second opinion: the system's Python, in a process of its own.
[<RequireQualifiedAccess>]
module Python =
    let path = "/usr/bin/python3"

    /// What the script prints; or, when it fails, what it says about that.
    let run (script: string) =
        let start =
            ProcessStartInfo(
                path,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true
            )

        start.ArgumentList.Add "-"
        use python = Process.Start start
        let error = python.StandardError.ReadToEndAsync()
        python.StandardInput.Write script
        python.StandardInput.Close()
        let output = python.StandardOutput.ReadToEnd()
        python.WaitForExit()

        if python.ExitCode = 0 then
            Ok output
        else
            Error(error.GetAwaiter().GetResult())

    let hasTorch =
        lazy
            (File.Exists path
             && (run "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)").IsOk)

/// A fact that asks PyTorch; skipped, and counted as skipped, where the system's python3 has none.
type PyTorchFactAttribute() as this =
    inherit FactAttribute()

    do
        if not (Python.hasTorch.Force()) then
            this.Skip <- $"{Python.path} has no torch"
