module Vae.Tests.BatchingTests

open System
open System.Threading.Tasks
open Microsoft.ML.OnnxRuntime.Tensors
open Xunit
open Vae.Inference
open Vae.Tests

let private difference (a: int) (rows: int) =
    let numbers shift =
        String.Join(",", [ for row in 0 .. rows - 1 -> $"{a + row + shift},{a + row}" ])

    let input name shift =
        $$"""{"name":"{{name}}","shape":[{{rows}},2],"datatype":"FP32","data":[{{numbers shift}}]}"""

    $$"""{"inputs":[{{input "a" a}},{{input "b" 0}}]}"""

/// a - b = (its number, 0) in each row: no other request's answer looks like it.
let private expected (a: int) rows =
    "[" + String.Join(",", List.replicate rows $"{a},0") + "]"

let private output (answer: Answer) =
    Assert.True((answer.Status = 200), answer.Text)
    answer.Json.GetProperty("outputs")[0]

let private data (answer: Answer) =
    (output answer).GetProperty("data").GetRawText()

let private stats (serving: Serving) model =
    serving.Get($"/v2/models/{model}/stats").Json.GetProperty("model_stats")[0]

[<Fact>]
let ``Requests that are computed together get their own rows, in few runs`` () =
    use folder = new Folder()
    folder.Add("m", Models.difference)

    use serving =
        new Serving(
            ServiceOptions(
                Folders = [| folder.Path |],
                Port = 0,
                DrainDelay = TimeSpan.Zero,
                MaxBatch = 1000,
                MaxDelay = TimeSpan.FromSeconds 1.0
            )
        )

    let requests = [ for i in 1..60 -> i, 1 + i % 4 ]

    let answers =
        Task.WhenAll([ for i, rows in requests -> serving.InferAsync("m", difference i rows) ]).Result

    for (i, rows), answer in List.zip requests (List.ofArray answers) do
        let z = output answer
        Assert.Equal(expected i rows, z.GetProperty("data").GetRawText())
        Assert.Equal($"[{rows},2]", z.GetProperty("shape").GetRawText())

    let stats = stats serving "m"
    Assert.Equal(requests |> List.sumBy snd, stats.GetProperty("inference_count").GetInt32())
    Assert.InRange(stats.GetProperty("execution_count").GetInt32(), 1, 20)

[<Fact>]
let ``No batch is larger than allowed, and a request that is larger by itself runs alone`` () =
    use folder = new Folder()
    folder.Add("m", Models.difference)

    use serving =
        new Serving(
            ServiceOptions(
                Folders = [| folder.Path |],
                Port = 0,
                DrainDelay = TimeSpan.Zero,
                MaxBatch = 4,
                MaxDelay = TimeSpan.FromSeconds 0.2
            )
        )

    let rows = [ 3; 3; 1; 2; 7; 1; 4 ]

    let answers =
        Task
            .WhenAll(
                [
                    for i, rows in List.indexed rows -> serving.InferAsync("m", difference (i + 1) rows)
                ]
            )
            .Result

    for (i, rows), answer in List.zip (List.indexed rows) (List.ofArray answers) do
        Assert.Equal(expected (i + 1) rows, data answer)

    let stats = stats serving "m"

    for batch in stats.GetProperty("batch_stats").EnumerateArray() do
        Assert.Contains(batch.GetProperty("batch_size").GetInt32(), [ 1; 2; 3; 4; 7 ])

[<Fact>]
let ``A model without batch axis, or of tensors without rows, answers one request at a time`` () =
    use folder = new Folder()
    folder.Add("slow", Models.slow 8 1)

    use serving = new Serving(folder)

    let answers =
        Task.WhenAll([ for _ in 1..20 -> serving.InferAsync("slow", Serving.zero) ]).Result

    Assert.All(answers, fun answer -> Assert.Equal(200, answer.Status))
    let stats = stats serving "slow"
    Assert.Equal(20, stats.GetProperty("execution_count").GetInt32())

[<Fact>]
let ``Many clients at once, of many sizes, as JSON and as bytes: every answer is its own`` () =
    use folder = new Folder()
    folder.Add("m", Models.difference)
    use serving = new Serving(folder)

    let client (number: int) =
        task {
            for i in 1..40 do
                let a = 1000 * number + i
                let rows = 1 + (number + i) % 9
                let! answer = serving.InferAsync("m", difference a rows)
                Assert.Equal(expected a rows, data answer)
        }

    Task.WhenAll([ for number in 1..16 -> client number :> Task ]).Wait()
