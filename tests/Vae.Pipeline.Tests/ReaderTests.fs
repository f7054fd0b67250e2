/// The tables are for people's own tools: other people's readers find in them what ours does.
module Vae.Tests.ReaderTests

open System.Diagnostics
open System.IO
open System.Text.Json
open Xunit

let private place = Place()

let private runs =
    lazy
        (for seed in 1..2 do
            place.Succeed("configs/smoke.toml", $"seed={seed}", "--runs", "runs") |> ignore

         place.RunsIn "runs")

[<Theory>]
[<InlineData "summary">]
[<InlineData "metrics">]
[<InlineData "estimates">]
[<InlineData "log_weights">]
let ``DuckDB in Node and hyparquet read the same rows from the pattern that the manual gives`` (table: string) =
    let runs = runs.Value

    let script =
        Path.Combine(Outside.root, "tests", "Vae.Pipeline.Tests", "Support", "read-parquet.mjs")

    let start =
        ProcessStartInfo("node", [ script; place.Path "runs"; table ], RedirectStandardOutput = true)

    use node = Process.Start start
    let said = node.StandardOutput.ReadToEnd()
    node.WaitForExit()
    Assert.Equal(0, node.ExitCode)
    let found = (JsonDocument.Parse said).RootElement

    let ours =
        runs
        |> List.sumBy (fun run -> Stored.ask run $"SELECT count(*) FROM [{table}]" |> List.head |> List.head :?> int64)

    Assert.Equal(runs.Length, found.GetProperty("files").GetInt32())
    Assert.Equal(ours, found.GetProperty("rows").GetInt64())
    Assert.NotEqual(0L, ours)
    Assert.Equal("[]", found.GetProperty("unequal").GetRawText())
