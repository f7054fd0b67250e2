/// docs/models.md names every part that a config can name, and classes that exist.
module Vae.Tests.ModelDocsTests

open System.IO
open System.Text.RegularExpressions
open Vae.Core.Models
open Vae.Experiments.Config
open Xunit

let private page = File.ReadAllText(Path.Combine(Outside.root, "docs", "models.md"))

[<Fact>]
let ``Every kind of model, network, flow, prior, likelihood and objective is on the page`` () =
    for table in
        [
            typeof<ModelConfig>
            typeof<NetworkConfig>
            typeof<FlowConfig>
            typeof<PriorConfig>
            typeof<LikelihoodConfig>
            typeof<ObjectiveConfig>
        ] do
        for kind in (Schema.Kinds table).Keys do
            Assert.Contains($"| `{kind}`", page)

[<Fact>]
let ``Every class on the page is one`` () =
    let classes =
        set [ for t in typeof<VariationalAutoencoder>.Assembly.GetTypes() -> t.Name ]

    let named =
        [
            for row in Regex.Matches(page, @"(?m)^\| `[a-z][^|]*\| ([^|]*) \|") do
                for name in Regex.Matches(row.Groups[1].Value, "`([A-Za-z]+)`") -> name.Groups[1].Value
        ]

    Assert.True(named.Length > 25)
    Assert.All(named, fun name -> Assert.Contains(name, classes))
