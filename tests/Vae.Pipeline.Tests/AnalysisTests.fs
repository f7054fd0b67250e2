/// The F# scripts of analysis/, as a reader would run them.
module Vae.Tests.AnalysisTests

open System.Diagnostics
open System.IO
open Xunit

let private place = Place()

let private script (name: string) (arguments: string list) =
    let start =
        ProcessStartInfo(
            "dotnet",
            "fsi" :: Path.Combine(Outside.root, "analysis", name) :: arguments,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        )

    use fsi = Process.Start start
    let error = fsi.StandardError.ReadToEndAsync()
    let out = fsi.StandardOutput.ReadToEnd()
    fsi.WaitForExit()
    Assert.True((fsi.ExitCode = 0), error.Result)
    out

[<Fact>]
let ``The scripts read the tables and draw the convergence of two runs`` () =
    for seed in 1..2 do
        place.Succeed("configs/smoke.toml", $"seed={seed}", "evaluate.0.samples=100", "--runs", "runs")
        |> ignore

    let runs = place.RunsIn "runs"
    let tables = script "tables.fsx" [ place.Path "runs" ]

    for run in runs do
        Assert.Contains($"smoke/{Path.GetFileName run}", tables)

    let picture = place.Path "k.png"
    let said = script "k_convergence.fsx" (picture :: runs)

    for run in runs do
        Assert.Contains(Path.GetFileName run, said)

    Assert.Equal(6, said.Split("log p(x) =").Length - 1) // K = 1, 10, 100 of two runs
    Assert.True(FileInfo(picture).Length > 1000L)
