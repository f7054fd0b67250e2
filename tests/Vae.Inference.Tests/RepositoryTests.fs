module Vae.Tests.RepositoryTests

open System
open System.Threading
open System.IO
open System.Net.Http
open Microsoft.ML.OnnxRuntime.Tensors
open Xunit
open Vae.Inference
open Vae.Tests

let private good = Models.same TensorElementType.Float
let private body = Serving.fp32 "[1,2,3]" "[1,3]"

/// What the index says of each version.
let private index (serving: Serving) =
    let answer = serving.Send(serving.Post("/v2/repository/index", [||]))

    Map
        [
            for state in answer.Json.EnumerateArray() do
                let text (key: string) = state.GetProperty(key).GetString()
                (text "name", text "version"), (text "state", text "reason")
        ]

[<Fact>]
let ``Files that can't be served are reported, and don't stop the others`` () =
    use folder = new Folder()
    folder.Add("good", good)
    folder.Add("cut", good[.. good.Length / 2])
    folder.Add("text", "not a model at all, but a sentence"B)
    folder.Add("empty", [||])
    folder.Add("external", Models.external false)
    folder.Add("located", Models.external true)
    folder.Add("carded", good)
    File.WriteAllText(Path.Combine(folder.Path, "carded", "1", "card.json"), "{}")
    Directory.CreateDirectory(Path.Combine(folder.Path, "linked", "1")) |> ignore

    File.CreateSymbolicLink(
        Path.Combine(folder.Path, "linked", "1", "model.onnx"),
        Path.Combine(folder.Path, "good", "1", "model.onnx")
    )
    |> ignore

    use serving = new Serving(folder)
    let states = index serving
    Assert.Equal(("READY", ""), states["good", "1"])

    for name, says in
        [
            "cut", ""
            "text", "ONNX"
            "empty", ""
            "external", "other files"
            "located", "other files"
            "carded", "card.json"
            "linked", "link"
        ] do
        let state, reason = states[name, "1"]
        Assert.Equal("UNAVAILABLE", state)
        Assert.Contains(says, reason)
        Assert.NotEmpty reason
        let answer = serving.Infer(name, body)
        Assert.Equal(503, answer.Status)
        Assert.Contains(reason, answer.Error)

    Assert.True serving.Ready
    Assert.Equal(200, serving.Infer("good", body).Status)

[<Fact>]
let ``Folders that are no versions, and names that are none, are passed over`` () =
    use folder = new Folder()
    folder.Add("m", good)

    for version in [ "latest"; "01"; "-2"; "0"; "2.0"; "99999999999999999999" ] do
        let path = Path.Combine(folder.Path, "m", version)
        Directory.CreateDirectory path |> ignore
        File.WriteAllBytes(Path.Combine(path, "model.onnx"), good)

    Directory.CreateDirectory(Path.Combine(folder.Path, "m", "3")) |> ignore

    for name in [ ".hidden"; "a b"; String('a', 65) ] do
        folder.Add(name, good)

    use serving = new Serving(folder)
    Assert.Equal<(string * string) list>([ "m", "1" ], index serving |> Map.keys |> List.ofSeq)

[<Fact>]
let ``A run directory's models are found in it`` () =
    use run = new Folder()
    File.WriteAllText(Path.Combine(run.Path, "config.toml"), "")
    let inside = Path.Combine(run.Path, "models", "m", "1")
    Directory.CreateDirectory inside |> ignore
    File.WriteAllBytes(Path.Combine(inside, "model.onnx"), good)
    use serving = new Serving(run)
    Assert.Equal(200, serving.Infer("m", body).Status)

let private change (serving: Serving) name what =
    serving.Send(serving.Post($"/v2/repository/models/{name}/{what}", [||]))

[<Fact>]
let ``Models are loaded and unloaded over HTTP only where that is allowed`` () =
    use folder = new Folder()
    folder.Add("m", good)
    use closed = new Serving(folder)

    for what in [ "load"; "unload" ] do
        let answer = change closed "m" what
        Assert.Equal(403, answer.Status)
        Assert.Contains("--allow-loading", answer.Error)

    Assert.Equal(200, closed.Infer("m", body).Status)

    let options =
        ServiceOptions(Folders = [| folder.Path |], Port = 0, DrainDelay = TimeSpan.Zero, AllowLoading = true)

    use serving = new Serving(options)
    folder.Add("m", good, 2)
    Assert.Equal(200, (change serving "m" "load").Status)
    Assert.Equal("2", serving.Infer("m", body).Json.GetProperty("model_version").GetString())
    Assert.Equal(200, (change serving "m" "unload").Status)
    Assert.Equal(404, serving.Infer("m", body).Status)
    Assert.Equal(404, (change serving "m" "unload").Status)
    Assert.Equal(404, (change serving "none" "load").Status)
    Assert.Equal(200, (change serving "m" "load").Status)
    folder.Add("m", [| 1uy; 2uy |], 3)
    let refused = change serving "m" "load"
    Assert.Equal(400, refused.Status)
    Assert.Contains("version 3", refused.Error)
    Assert.Equal("2", serving.Infer("m", body).Json.GetProperty("model_version").GetString())

[<Fact>]
let ``Requests that wait when a model is unloaded are finished`` () =
    use folder = new Folder()
    folder.Add("slow", Models.slow 384 250)

    let options =
        ServiceOptions(
            Folders = [| folder.Path |],
            Port = 0,
            DrainDelay = TimeSpan.Zero,
            AllowLoading = true,
            Timeout = TimeSpan.FromMinutes 2.0
        )

    use serving = new Serving(options)
    let waiting = [ for _ in 1..5 -> serving.InferAsync("slow", Serving.zero) ]

    let answered () =
        waiting |> List.filter _.IsCompleted |> List.length

    let pending () =
        let stats = serving.Get("/v2/models/slow/stats").Json.GetProperty("model_stats")[0]
        stats.GetProperty("pending").GetInt32()

    // One is being computed; the service must have met the others too.
    while answered () + pending () < 4 do
        Thread.Sleep 5

    Assert.Contains(waiting, fun request -> not request.IsCompleted)
    Assert.Equal(200, (change serving "slow" "unload").Status)

    for answer in waiting do
        Assert.Equal(200, answer.Result.Status)
