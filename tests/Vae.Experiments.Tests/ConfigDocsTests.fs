/// docs/config.md says what the records say.
module Vae.Tests.ConfigDocsTests

open System
open System.IO
open System.Reflection
open Vae.Experiments.Config
open Vae.Primitives
open Xunit

let private page = Path.Combine(Outside.root, "docs", "config.md")

[<Fact>]
let ``docs/config.md is up to date`` () =
    if Environment.GetEnvironmentVariable "VAE_UPDATE_DOCS" = "1" then
        AtomicFile.WriteText(page, ConfigDocs.Markdown())

    let written = if File.Exists page then File.ReadAllText page else ""

    Assert.True(
        (written = ConfigDocs.Markdown()),
        "docs/config.md is not what the schema says; write it anew: VAE_UPDATE_DOCS=1 dotnet test -c Release tests/Vae.Experiments.Tests --filter ConfigDocsTests"
    )

[<Fact>]
let ``every key of every record is on the page`` () =
    let page = ConfigDocs.Markdown()

    for record in
        typeof<ExperimentConfig>.Assembly.GetTypes()
        |> Seq.filter (fun t -> t.Namespace = typeof<ExperimentConfig>.Namespace) do // commands have keys too
        for property in record.GetProperties() do
            let key = property.GetCustomAttribute<KeyAttribute>()

            if
                not (isNull key)
                && not (Schema.IsTable property.PropertyType)
                && not (KeySchema property).IsTableArray
            then
                Assert.Contains($"| `{Naming.Key property.Name}` |", page)
                Assert.Contains(key.Doc, page)

[<Fact>]
let ``the declarations are sound`` () =
    let types = typeof<ExperimentConfig>.Assembly.GetTypes()

    for record in
        types
        // A record between a table and its kinds is neither.
        |> Array.filter (fun t ->
            (not t.IsAbstract || t.IsDefined(typeof<TableAttribute>, false))
            && t.GetProperties() |> Array.exists _.IsDefined(typeof<KeyAttribute>)) do
        Assert.True(Schema.IsTable record, $"{record.Name} has keys, but neither [Table] nor [Kind]")
        Assert.True(record.IsSealed || record.IsAbstract, $"{record.Name} is neither sealed nor abstract")

        // Every default is a value that the key itself allows; an optional key says what its absence means.
        if record.IsSealed then
            for key in Schema.Keys record do
                let usual = key.Get(Schema.Fresh record)

                if isNull usual && not key.Required then
                    Assert.False(
                        String.IsNullOrEmpty key.Attribute.Absent,
                        $"{record.Name}.{key.Name} doesn't say what its absence means"
                    )

                if not key.Required && key.Type = typeof<int> && not (isNull usual) then
                    Assert.Null(ValueRange.Refuse(float (usual :?> int), key.Attribute))

                if not key.Required && key.Type = typeof<float> && not (isNull usual) then
                    Assert.Null(ValueRange.Refuse((usual :?> float), key.Attribute))
