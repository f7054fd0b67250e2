/// Every config of the repository trains, evaluates and draws.
module Vae.Tests.ConfigsTests

open System.IO
open Xunit

let private place = lazy (Place())

let private folder = Path.Combine(Outside.root, "configs")

let private needsData (config: string) =
    let text = File.ReadAllText config
    not (text.Contains "kind = \"glyphs\"" || text.Contains "kind = \"linear-gaussian\"")

let private configs (needing: bool) =
    Directory.GetFiles(folder, "*.toml")
    |> Array.filter (needsData >> (=) needing)
    |> Array.sort

let private runs config =
    let ended =
        place.Value.Run(config, "--smoke", "--plain", "--runs", Path.GetFileNameWithoutExtension(config: string))

    Assert.True((ended.Code = 0), $"{config} ended with {ended.Code}:\n{ended.Error}")

    let run =
        List.exactlyOne (place.Value.RunsIn(Path.GetFileNameWithoutExtension config))

    Assert.True(File.Exists(Path.Combine(run, "summary.parquet")), config)

[<Fact>]
let ``Configs on data that the program makes run with --smoke`` () =
    let all = configs false
    Assert.NotEmpty all
    Array.iter runs all

[<SharedFact("data/mnist")>]
let ``Configs on published data run with --smoke`` () = Array.iter runs (configs true)

[<Fact>]
let ``Every config says what it is, and its model is described`` () =
    for config in Directory.GetFiles(folder, "*.toml") do
        Assert.StartsWith("# ", File.ReadAllText config)
        let ended = place.Value.Succeed("describe", config)
        Assert.Contains("total", ended.Out)
