module Vae.Tests.DocumentTests

open System.IO
open System.Text.Json
open Xunit
open Vae.Tests

[<Fact>]
let ``The OpenAPI document has exactly what is answered`` () =
    use folder = new Folder()
    folder.AddTiny()
    use serving = new Serving(folder)
    let paths = serving.Get("/openapi.json").Json.GetProperty("paths")

    let documented =
        set
            [
                for path in paths.EnumerateObject() do
                    for method in path.Value.EnumerateObject() do
                        if method.Name <> "parameters" then
                            method.Name.ToUpperInvariant(), path.Name
            ]

    let answered =
        set
            [
                for struct (method, path) in serving.Service.Endpoints do
                    method, path
            ]

    Assert.Equal<Set<string * string>>(answered, documented)

[<Fact>]
let ``Every reference in the OpenAPI document leads somewhere`` () =
    use folder = new Folder()
    folder.AddTiny()
    use serving = new Serving(folder)
    let root = serving.Get("/openapi.json").Json

    let rec follow (element: JsonElement) =
        match element.ValueKind with
        | JsonValueKind.Object ->
            for property in element.EnumerateObject() do
                if property.Name = "$ref" then
                    let mutable at = root

                    for step in property.Value.GetString().TrimStart('#', '/').Split '/' do
                        at <- at.GetProperty step
                else
                    follow property.Value
        | JsonValueKind.Array ->
            for inner in element.EnumerateArray() do
                follow inner
        | _ -> ()

    follow root

[<Fact>]
let ``docs/serving.md names every path and every option`` () =
    use folder = new Folder()
    folder.AddTiny()
    use serving = new Serving(folder)
    let page = File.ReadAllText(Path.Combine(Outside.root, "docs", "serving.md"))

    for struct (_, path) in serving.Service.Endpoints do
        let shown =
            path
                .Replace("{model}/versions/{version}", "{m}[/versions/{v}]")
                .Replace("{model}", "{m}")
                .Replace("{name}", "{m}")

        Assert.True(
            page.Contains shown
            || page.Contains(shown.Replace("{m}/", "{m}[/versions/{v}]/")),
            shown
        )

    let command =
        File.ReadAllText(Path.Combine(Outside.root, "Vae.Inference", "ServeCommand.cs"))

    for option in System.Text.RegularExpressions.Regex.Matches(command, "\"(--[a-z-]+)\"") do
        Assert.Contains($"`{option.Groups[1].Value}", page)
