/// The configs of the repository, as people read them; RunTests runs them.
module Vae.Tests.ConfigsTests

open System.IO
open Xunit

[<Fact>]
let ``Every config says what it is, and its model is described`` () =
    let place = Place()

    for config in Directory.GetFiles(Path.Combine(Outside.root, "configs"), "*.toml") do
        Assert.StartsWith("# ", File.ReadAllText config)
        let ended = place.Succeed("describe", config)
        Assert.Contains("total", ended.Out)
