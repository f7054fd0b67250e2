/// Finding one's way among many runs: results, compare, runs.
module Vae.Tests.RunsTests

open System
open System.IO
open Vae.Experiments.Results
open Xunit

let private place = Place()

/// Two seeds, another learning rate, one that fails.
let private four =
    lazy
        (for change in [ "seed=1"; "seed=2"; "optimizer.lr=1e-2" ] do
            place.Succeed("configs/smoke.toml", change, "--runs", "runs") |> ignore

         let failed =
             place.Run("configs/smoke.toml", "optimizer.lr=1e30", "train.max_nonfinite_steps=1", "--runs", "runs")

         Assert.Equal(4, failed.Code)
         place.RunsIn "runs")

let private lines (text: string) = text.TrimEnd('\n').Split '\n'

[<Fact>]
let ``Results are filtered, sorted, and cut to columns; a wrong condition is the user's error`` () =
    four.Force() |> ignore

    let results arguments =
        place.Run(Array.append [| "results"; "--runs"; "runs" |] arguments)

    let asked =
        results [| "--where"; "seed > 0"; "--sort"; "-seed"; "--columns"; "seed,name" |]

    Assert.Equal<string array>([| "seed  name"; "   2  smoke"; "   1  smoke" |], lines asked.Out)

    let grouped =
        results [| "--where"; "seed > 0"; "--grouped"; "--columns"; "kind,runs,seeds" |]

    Assert.Equal<string array>([| "kind        runs  seeds"; "importance     2      2" |], lines grouped.Out)

    // By what the table doesn't show, too.
    let best = results [| "--sort"; "-test_log_px" |]

    let ranked =
        place.Succeed("sql", "SELECT run_id AS run FROM summary ORDER BY test_log_px DESC", "--runs", "runs")

    let runs (ended: Ended) =
        lines ended.Out |> Array.map (fun line -> line.Trim().Split(' ')[0])

    Assert.Equal<string array>(runs ranked, runs best)

    for wrong in
        [
            [| "--sort"; "sed" |]
            [| "--where"; "sed > 0" |]
            [| "--where"; "1; DROP TABLE x" |]
            [| "--columns"; "sed" |]
        ] do
        Assert.Equal(2, (results wrong).Code)

    Assert.StartsWith("% \\usepackage{booktabs}", (results [| "--latex" |]).Out)
    let stored = results [| "--parquet"; "all.parquet" |]
    Assert.Equal("all.parquet", stored.LastLine)
    use database = new DuckDb()

    Assert.Equal<obj>(3L, database.Query("SELECT count(*) FROM read_parquet($1)", place.Path "all.parquet").Rows[0].[0])

[<Fact>]
let ``Runs are compared by the keys that differ, their estimates and their curves`` () =
    let runs = four.Value |> List.filter (fun run -> Stored.state run = "completed")

    let ended = place.Succeed([| "compare"; runs[0]; runs[2]; "--out"; "curves.png" |])

    Assert.Contains("optimizer.lr", ended.Out)
    Assert.Contains("seed", ended.Out)
    Assert.DoesNotContain("train.steps", ended.Out)
    Assert.Contains("test importance K=8, 32 examples", ended.Out)
    Assert.True(FileInfo(place.Path "curves.png").Length > 1000L)

    let other = place.Train("configs/smoke.toml", "data.binarise=threshold")

    let refused = place.Run("compare", runs[0], other)
    Assert.Equal(2, refused.Code)
    Assert.Contains("different data", refused.Error)
    Assert.Contains("threshold", place.Succeed("compare", runs[0], other, "--force").Out)

[<Fact>]
let ``Files of one's own are told apart by what is in them`` () =
    let train (value: byte) =
        // IDX: unsigned bytes, 16 pictures of 2 by 2.
        let head =
            [|
                0uy
                0uy
                8uy
                3uy
                0uy
                0uy
                0uy
                16uy
                0uy
                0uy
                0uy
                2uy
                0uy
                0uy
                0uy
                2uy
            |]

        File.WriteAllBytes(
            place.Path "images",
            Array.append head [| for i in 0..63 -> if i % 3 = 0 then value else 0uy |]
        )

        place.Train(
            "configs/smoke.toml",
            "data={ kind = \"files\", train = \"images\", test = \"images\", valid_size = 4, batch_size = 8, binarise = \"threshold\" }"
        )

    let one, same, other = train 255uy, train 255uy, train 200uy

    let data run =
        Stored.ask run "SELECT dataset FROM [summary]"

    Assert.Matches("^files [0-9a-f]{8}$", data one |> List.exactlyOne |> List.exactlyOne |> string)
    Assert.Equal<obj list list>(data one, data same)
    Assert.NotEqual<obj list list>(data one, data other)
    place.Succeed("compare", one, same) |> ignore
    let refused = place.Run("compare", one, other)
    Assert.Equal(2, refused.Code)
    Assert.Contains("different data", refused.Error)

[<Fact>]
let ``A run that has lost its status is listed as damaged and never pruned; one that has lost its folders is resumed``
    ()
    =
    let place = Place()

    place.Succeed("configs/smoke.toml", "train.steps=10", "--runs", "runs")
    |> ignore

    let run = List.exactlyOne (place.RunsIn "runs")
    let status = File.ReadAllText(Path.Combine(run, "status.json"))
    Directory.Delete(Path.Combine(run, "figures"), true)
    place.Succeed("evaluate", run, "kind=elbo") |> ignore
    Directory.Delete(Path.Combine(run, "checkpoints"), true)
    File.WriteAllText(Path.Combine(run, "status.json"), "{")
    Assert.Contains("damaged", place.Succeed("runs", "--runs", "runs").Out)
    place.Succeed("runs", "--prune", "--yes", "--runs", "runs") |> ignore
    Assert.True(Directory.Exists run)
    File.WriteAllText(Path.Combine(run, "status.json"), status.Replace("completed", "stopped"))
    place.Succeed("resume", run) |> ignore // from the beginning
    Assert.Equal("completed", Stored.state run)
    Assert.True(File.Exists(Path.Combine(run, "checkpoints", "last.safetensors")))

[<Fact>]
let ``Runs that came to nothing are shown, and removed when one says so; others stay`` () =
    let all = four.Value
    let failed = all |> List.find (fun run -> Stored.state run = "failed")
    let dry = place.Succeed("runs", "--prune", "--runs", "runs")
    Assert.Contains(Path.GetFileName failed, dry.Out)
    Assert.Equal(2, (lines dry.Out).Length)
    Assert.Contains("nothing is removed yet", dry.Error)
    Assert.True(Directory.Exists failed)

    Assert.Equal(2, (place.Run("runs", "--yes", "--runs", "runs")).Code)
    place.Succeed("runs", "--prune", "--yes", "--runs", "runs") |> ignore
    Assert.False(Directory.Exists failed)
    Assert.Equal<string list>(all |> List.except [ failed ], place.RunsIn "runs")
    Assert.Equal(4, (lines (place.Succeed("runs", "--runs", "runs")).Out).Length)

[<Fact>]
let ``A run directory that was copied elsewhere is as good as before`` () =
    let run = List.head four.Value
    let copy = place.Path "elsewhere/other/20250102-030405-0a0b"

    for file in Directory.GetFiles(run, "*", SearchOption.AllDirectories) do
        let target = Path.Combine(copy, Path.GetRelativePath(run, file))
        Directory.CreateDirectory(Path.GetDirectoryName target) |> ignore
        File.Copy(file, target)

    place.Succeed("evaluate", copy, "kind=elbo") |> ignore
    place.Succeed("sample", copy, "n=4") |> ignore
    Assert.Contains("there is nothing to resume", place.Succeed("resume", copy).Error)

let private sh (command: string) =
    use shell = Diagnostics.Process.Start("/bin/sh", [ "-c"; command ])
    shell.WaitForExit()
    shell.ExitCode

/// A fact that mounts a file system; skipped, and counted as skipped, where that isn't allowed.
type MountFactAttribute() as this =
    inherit FactAttribute()

    static let allowed =
        lazy
            (let folder = Directory.CreateTempSubdirectory("vae mount ").FullName
             sh $"mount -t tmpfs tmpfs '{folder}' 2>/dev/null && umount '{folder}'" = 0)

    do
        if not (allowed.Force()) then
            this.Skip <- "this user may not mount a file system"

[<MountFact>]
let ``On a full disk a run says so, keeps its last checkpoint, and goes on when there is room`` () =
    let mount = place.Path "full"
    Directory.CreateDirectory mount |> ignore
    Assert.Equal(0, sh $"mount -t tmpfs -o size=2m tmpfs '{mount}'")

    try
        let words =
            [|
                "configs/smoke.toml"
                "train.steps=60"
                "train.checkpoint_every=5"
                "train.validate_every=60"
                "model.encoder.hidden=[64]"
                "model.decoder.hidden=[64]"
            |]

        let ended = place.Run(Array.append words [| "--runs"; "full" |])
        Assert.Equal(1, ended.Code)
        Assert.Contains("no space is left on the disk", ended.Error)
        let run = List.exactlyOne (place.RunsIn "full")
        Assert.Equal(0, sh $"mount -o remount,size=64m '{mount}'")
        let again = place.Succeed("resume", run)
        Assert.Matches(@"going on from step \d+ of 60", again.Error)
        Assert.Equal<byte array>(Stored.last (place.Train words), Stored.last run)
    finally
        sh $"umount '{mount}'" |> ignore
