module Vae.Tests.CommandTests

open System.IO
open System.Text.Json
open Xunit

/// Two finished runs of different seeds, in `runs`.
let private place =
    lazy
        (let place = Place()

         for seed in 0..1 do
             place.Succeed("configs/smoke.toml", $"seed={seed}") |> ignore

         place)

let private run = lazy (place.Value.RunsIn("runs").Head)

let private json (ended: Ended) =
    JsonDocument.Parse(ended.Out).RootElement

let private names (element: JsonElement) =
    [ for property in element.EnumerateObject() -> property.Name ]

let private lines (ended: Ended) =
    ended.Out.TrimEnd('\n').Split('\n') |> List.ofArray

[<Fact>]
let ``results is a table, oldest first; in JSON an array with every column of the summary`` () =
    let ids =
        [
            for run in place.Value.RunsIn "runs" -> Path.GetRelativePath(place.Value.Path "runs", run)
        ]

    let table = lines (place.Value.Succeed "results")
    Assert.Equal<string list>("run" :: ids, [ for line in table -> line.Split(' ')[0] ])
    let rows = json (place.Value.Succeed("results", "--json"))
    Assert.Equal<string list>(ids, [ for row in rows.EnumerateArray() -> row.GetProperty("run_id").GetString() ])

    Assert.Equal<string list>(
        [ for row in Stored.ask run.Value "DESCRIBE FROM [summary]" -> string row.Head ],
        names rows[0]
    )

[<Fact>]
let ``results of an empty folder say that there are none`` () =
    let nothing = place.Value.Succeed("results", "--runs", "nowhere")
    Assert.Equal("(no rows)", nothing.LastLine)
    Assert.Equal(0, (json (place.Value.Succeed("results", "--runs", "nowhere", "--json"))).GetArrayLength())

[<Fact>]
let ``results --grouped gives mean and standard deviation over the seeds`` () =
    let group =
        (json (place.Value.Succeed("results", "--grouped", "--json"))).EnumerateArray()
        |> Seq.head

    let number (name: string) = group.GetProperty(name).GetDouble()

    let each =
        [
            for run in place.Value.RunsIn "runs" ->
                unbox<float> (Stored.ask run "SELECT test_log_px FROM [summary]").Head.Head
        ]

    Assert.Equal(2.0, number "seeds")
    Assert.Equal(List.average each, number "log_px_mean", 1e-9)
    Assert.Equal(abs (each[0] - each[1]) / sqrt 2.0, number "log_px_sd", 1e-9)

[<Fact>]
let ``sql answers over views and files`` () =
    let query =
        "SELECT seed, steps FROM read_parquet('runs/**/summary.parquet', union_by_name = true) JOIN summary USING (run_id, seed, steps) ORDER BY seed"

    let rows = json (place.Value.Succeed("sql", query, "--json"))

    Assert.Equal<(int * int) list>(
        [ 0, 10; 1, 10 ],
        [
            for row in rows.EnumerateArray() -> row.GetProperty("seed").GetInt32(), row.GetProperty("steps").GetInt32()
        ]
    )

[<Theory>]
[<InlineData("SELEC 1", "SELEC")>]
[<InlineData("SELECT nothing FROM summary", "nothing")>]
[<InlineData("COPY summary TO 'stolen.csv'", "Only statements that read")>]
let ``sql that fails is the asker's mistake`` (query: string, phrase: string) =
    let ended = place.Value.Run("sql", query)
    Assert.Equal(2, ended.Code)
    Assert.Contains(phrase, ended.Error)
    Assert.False(File.Exists(place.Value.Path "stolen.csv"))

[<Fact>]
let ``describe counts the parameters and the multiplications of the model`` () =
    let ended = place.Value.Succeed("describe", "configs/smoke.toml")
    // encoder 784-16-(2 * 2), decoder 2-16-784, each layer with biases
    let parameters = (784 * 16 + 16) + (16 * 4 + 4) + (2 * 16 + 16) + (16 * 784 + 784)
    Assert.Equal(26004, parameters)

    let cells (line: string) =
        line.Split(' ', System.StringSplitOptions.RemoveEmptyEntries)

    let number (cell: string) = int (cell.Replace(",", ""))
    let total = lines ended |> List.find _.StartsWith("total") |> cells
    Assert.Equal(parameters, number total[1])

    let linear = lines ended |> List.filter _.Contains("Linear") |> List.map cells
    Assert.Equal<int list>([ 12560; 68; 48; 13328 ], [ for row in linear -> number row[3] ])
    // 2 n m for the products and sums of a map from n to m: at least 2 n m - m, at most 2 n m + m with the bias
    for row, (n, m) in List.zip linear [ 784, 16; 16, 4; 2, 16; 16, 784 ] do
        Assert.InRange(number row[4], 2 * n * m - m, 2 * n * m + m)

    Assert.True(number total[2] > (linear |> List.sumBy (fun row -> number row[4])))

[<Fact>]
let ``evaluate prints one estimate as JSON, and made again it takes the older one's place`` () =
    let place = Place()
    let run = place.Train "configs/smoke.toml"

    let columns =
        [ for row in Stored.ask run "DESCRIBE FROM [estimates]" -> string row.Head ]

    let evaluate () =
        json (place.Succeed("evaluate", run, "kind=importance", "samples=50", "--json"))

    let first = evaluate ()
    Assert.Equal<string list>(columns, names first)
    Assert.Equal(50, first.GetProperty("samples").GetInt32())
    let summary = Stored.bytes run "summary.parquet"

    Assert.Equal(first.GetRawText(), (evaluate ()).GetRawText())
    // the estimate of the config, and the new one once
    Stored.equal ([ [ 8L ]; [ 50L ] ], Stored.ask run "SELECT samples FROM [estimates] WHERE part_of IS NULL")

    // how each converged
    Assert.Equal<string list>(
        [ "1 of 8"; "1 of 50"; "10 of 50" ],
        [
            for row in Stored.ask run "SELECT samples, part_of FROM [estimates] WHERE part_of IS NOT NULL ORDER BY ALL" ->
                $"{row[0]} of {row[1]}"
        ]
    )

    Stored.equal (
        [ [ 8L; 32L ]; [ 50L; 32L ] ],
        Stored.ask run "SELECT samples, count(*) FROM [log_weights] GROUP BY 1 ORDER BY 1"
    )

    Assert.Equal<byte array>(summary, Stored.bytes run "summary.parquet")

    // an estimate of a part of the split stands beside that of the whole
    place.Succeed("evaluate", run, "kind=importance", "samples=50", "max_examples=9")
    |> ignore

    Stored.equal (
        [ [ 8L; 32L ]; [ 50L; 32L ]; [ 50L; 9L ] ],
        Stored.ask run "SELECT samples, examples FROM [estimates] WHERE part_of IS NULL"
    )

    Stored.equal ([ [ 32L ] ], Stored.ask run "SELECT count(*) FROM [log_weights] WHERE samples = 50")

    let ended =
        place.Succeed("evaluate", run, "kind=elbo", "samples=2", "split=valid", "max_examples=7")

    Assert.Matches(@"valid elbo K=2: elbo = -\d+\.\d\d ± \d+\.\d\d nats, 7 examples", ended.Error)
    Stored.equal ([ [ 7L ] ], Stored.ask run "SELECT count(*) FROM [log_weights] WHERE split = 'valid'")

[<Fact>]
let ``data lists every set`` () =
    let ended = place.Value.Succeed "data"

    for set in [ "glyphs"; "mnist"; "binarized-mnist"; "fashion-mnist"; "linear-gaussian" ] do
        Assert.Contains(lines ended, fun line -> line.StartsWith(set + " "))

/// The fields of the PyTorch peer, and those of our own.
let private fields =
    [
        "model"
        "mode"
        "device"
        "threads"
        "batch"
        "ms"
        "images_per_s"
        "parameters"
        "loss"
        "torch"
        "peak_rss_mb"
        "live_tensors"
        "first_step_s"
        "matrix_share"
        "rate_share"
        "operators"
    ]

let private bench (arguments: string list) =
    json (place.Value.Succeed [| "bench"; yield! arguments; "--json" |])

[<Theory>]
[<InlineData("mlp", "train", 632848)>]
[<InlineData("mlp", "bound", 632848)>]
[<InlineData("mlp-iaf", "train", 1060752)>]
[<InlineData("mlp-iaf", "bound", 1060752)>]
[<InlineData("dense", "train", 652824)>]
[<InlineData("dense", "bound", 652824)>]
[<InlineData("resnet", "train", 2522439)>]
let ``bench measures what the peer does, in its fields`` (model: string, mode: string, parameters: int) =
    let result =
        bench
            [
                model
                "--mode"
                mode
                "--steps"
                "3"
                "--warmup"
                "1"
                "--threads"
                "1"
                "--batch"
                "16"
                "--white" // as the peer's images
                "50"
            ]

    Assert.Equal<string list>(fields, names result)
    let number (name: string) = result.GetProperty(name).GetDouble()
    Assert.Equal(model, result.GetProperty("model").GetString())
    Assert.Equal(mode, result.GetProperty("mode").GetString())
    Assert.Equal(float parameters, number "parameters")
    Assert.Equal((1.0, 16.0), (number "threads", number "batch"))
    Assert.InRange(number "images_per_s" * number "ms" / 16000.0, 0.98, 1.02)
    // an untrained model of random pixels: about 784 log 2 nats, and more where batch norm spreads the logits
    Assert.InRange(abs (number "loss"), 500.0, (if model = "resnet" then 900.0 else 620.0))
    Assert.InRange(number "peak_rss_mb", 50.0, 700.0)
    Assert.InRange(number "matrix_share", 0.05, 0.98)
    // what a step consists of: the matrix products are some of it, and no time is counted twice
    let shares =
        [
            for o in result.GetProperty("operators").EnumerateArray() -> o.GetProperty("share").GetDouble()
        ]

    Assert.Equal<float list>(List.sortDescending shares, shares)
    Assert.InRange(List.sum shares, number "matrix_share", 1.0)
    // of the machine's own rate, measured at another moment, when a busy machine may have been several times slower
    Assert.InRange(number "rate_share", 0.005, 10.0)

/// A fact about the speed beside PyTorch's; skipped, and counted as skipped, without the script that does the same work there, or without PyTorch.
type PeerFactAttribute() as this =
    inherit SharedFactAttribute("peers/pytorch_peer.py")

    do
        if isNull this.Skip && not (Python.hasTorch.Force()) then
            this.Skip <- $"{Python.path} has no torch"

[<PeerFact>]
let ``bench --peer times both in turn, of models with as many parameters and a loss as large`` () =
    let script = (Outside.shared "peers/pytorch_peer.py").Value

    let ended =
        place.Value.Succeed(
            "bench",
            "mlp",
            "--peer",
            script,
            "--pairs",
            "2",
            "--seconds",
            "1",
            "--threads",
            "1",
            "--white",
            "50",
            "--json"
        )

    let rows =
        [
            for row in (System.Text.Json.JsonDocument.Parse ended.Out).RootElement.EnumerateArray() -> row
        ]

    Assert.Equal<(string * int) list>(
        [ "train", 1; "bound", 1; "train", 2; "bound", 2 ],
        [
            for row in rows -> row.GetProperty("mode").GetString(), row.GetProperty("pair").GetInt32()
        ]
    )

    for row in rows do
        let number (name: string) = row.GetProperty(name).GetDouble()
        Assert.Equal(number "parameters", number "peer_parameters")
        Assert.InRange(abs (number "loss") / abs (number "peer_loss"), 0.97, 1.03)
        Assert.InRange(number "ratio" * number "ms" / number "peer_ms", 0.99, 1.01)

[<Fact>]
let ``bench --peer without the script is a sentence and exit 2`` () =
    let ended = place.Value.Run("bench", "mlp", "--peer", "nowhere.py")
    Assert.Equal(2, ended.Code)
    Assert.Contains("--peer: there is no nowhere.py", ended.Error)

[<Fact>]
let ``300 steps leave no tensor behind`` () =
    let result = bench [ "mlp"; "--steps"; "300"; "--warmup"; "0"; "--batch"; "4" ]
    Assert.Equal(0, result.GetProperty("live_tensors").GetInt32())

[<Fact>]
let ``Every command explains itself`` () =
    let overview = place.Value.Succeed "--help"
    Assert.Contains("vae [command] [options]", overview.Out)

    for command in
        "run resume sweep evaluate sample reconstruct traverse export results compare runs sql watch report describe data bench"
            .Split
            ' ' do
        Assert.Contains(lines overview, fun line -> line.StartsWith $"  {command} ")
        let help = place.Value.Succeed(command, "--help")
        Assert.Contains($"vae {command}", help.Out)
        Assert.Contains("Description:", help.Out)

[<Fact>]
let ``The version is a number`` () =
    Assert.Matches(@"^\d+\.\d+\.\d+", (place.Value.Succeed "--version").Out)

[<Fact>]
let ``sample, reconstruct and traverse draw; the same seed the same bytes`` () =
    let place, run = place.Value, run.Value

    let drawn (words: string list) =
        let ended = place.Succeed(Array.ofList words)
        File.ReadAllBytes(Path.Combine(place.Folder, ended.Out.TrimEnd('\n')))

    for command in [ "sample"; "reconstruct"; "traverse" ] do
        let path = Path.Combine(run, "figures", $"{command}.png")
        Assert.Equal<byte[]>(drawn [ command; run ], File.ReadAllBytes path)

    let seed (n: int) =
        drawn [ "sample"; run; $"seed={n}"; "n=9"; "temperature=0.5"; "out=mine.png" ]

    Assert.Equal<byte[]>(seed 1, seed 1)
    Assert.NotEqual<byte[]>(seed 1, seed 2)
    Assert.True(File.Exists(place.Path "mine.png"))

[<Fact>]
let ``What a picture can't be of is said`` () =
    let place, run = place.Value, run.Value

    for words, phrase in
        [
            [| "sample"; run; "m=3" |],
            "unknown key 'm' in [sample]. Did you mean 'n'? Known keys: out, n, seed, label, temperature."
            [| "sample"; run; "n=0" |], "sample.n: must be at least 1, found 0"
            [| "traverse"; run; "example=99999" |], "example=99999: the test split has examples 0 to"
            [| "reconstruct"; run; "split=tset" |], "\"test\""
        ] do
        let ended = place.Run words
        Assert.Equal(2, ended.Code)
        Assert.Contains(phrase, ended.Error)
