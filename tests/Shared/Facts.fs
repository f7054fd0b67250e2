namespace Vae.Tests

open System
open System.IO
open Xunit

/// Where a test finds what lies outside the project; every member is None when it isn't there.
[<RequireQualifiedAccess>]
module Outside =
    /// The repository's root: the nearest folder above the test's own that holds VaeResearch.sln.
    let root =
        let rec up (folder: DirectoryInfo) =
            if isNull folder then failwith "VaeResearch.sln is in no folder above the tests"
            elif File.Exists(Path.Combine(folder.FullName, "VaeResearch.sln")) then folder.FullName
            else up folder.Parent

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
