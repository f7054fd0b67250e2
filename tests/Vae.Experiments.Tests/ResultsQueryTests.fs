module Vae.Tests.ResultsQueryTests

open System
open System.IO
open System.Text.Json
open Vae.Experiments
open Vae.Experiments.Results
open Vae.Primitives
open Xunit

/// A finished run with a test ELBO and a log p(x) at 128 and at 1000 samples.
let private finishAs (hash: string) root name folder seed elbo logPx =
    let path = Path.Combine(root, name, folder)
    Directory.CreateDirectory path |> ignore
    let id = $"{name}/{folder}"

    AtomicFile.WriteText(
        Path.Combine(path, "status.json"),
        """{ "state": "completed", "heartbeat": "2025-01-01T00:00:00+00:00", "step": 65000, "pid": 1 }"""
    )

    AtomicFile.WriteText(Path.Combine(path, "config.toml"), $"name = \"{name}\"\n")

    let summary =
        SummaryRow(
            RunId = id,
            Name = name,
            ConfigHash = hash,
            Seed = seed,
            Dataset = "binarized-mnist",
            Binarisation = "static",
            Model = "mlp",
            Parameters = 1234567L,
            Steps = 65000L,
            BestStep = Nullable 35000L,
            TestElbo = Nullable elbo,
            TrainLoss = Nullable(-elbo + 0.5),
            TestLogPx = Nullable logPx,
            Estimator = "importance",
            TestLogPxSamples = Nullable 128L,
            Device = "cpu",
            Threads = 2L,
            WallS = 3725.4,
            EffectiveKlWeight = 1.0,
            Status = "completed",
            SkippedSteps = 0L,
            ClusteringAccuracy = Nullable(0.75 + 0.01 * float (seed: int64)),
            Nmi = Nullable 0.5
        )

    let estimate step split samples logPx =
        EstimateRow(
            id,
            step,
            split,
            "importance",
            samples,
            0L,
            "static",
            Nullable elbo,
            Nullable logPx,
            Nullable 0.25,
            Nullable(),
            Nullable(),
            Nullable(),
            Nullable()
        )

    ResultTables.Write(Path.Combine(path, "summary.parquet"), [ summary ])

    ResultTables.Write(
        Path.Combine(path, "estimates.parquet"),
        [
            estimate 65000L "test" 128L logPx
            estimate 30000L "test" 128L -1.0 // an earlier one of the same kind, which doesn't count
            estimate 65000L "test" 1000L (logPx + 1.0)
            estimate 65000L "valid" 128L -2.0
        ]
    )

let private finish root name folder seed elbo logPx =
    finishAs "0123456789ab" root name folder seed elbo logPx

let private folder () =
    Directory.CreateTempSubdirectory("it's [a]? * ").FullName

let private three () =
    let root = folder ()
    finish root "mean_field" "20250302-000000-0000" 2L -105.0 -99.0
    finish root "mean_field" "20250101-000000-ffff" 0L -103.0 -97.0
    finish root "mean_field" "20250201-000000-aaaa" 1L -104.0 -96.0
    root

[<Fact>]
let ``Where no run is, none is answered`` () =
    for root in [ folder (); Path.Combine(folder (), "missing") ] do
        for answer in
            [
                ResultsQuery.Runs root
                ResultsQuery.Overview root
                ResultsQuery.Grouped root
            ] do
            Assert.Empty answer.Rows
            Assert.Equal("[]\n", JsonRows.Of answer)

        Assert.Equal("test_log_px", (ResultsQuery.Runs root).Columns[11])
        Assert.Empty((ResultsQuery.Sql(root, "SELECT step, value FROM metrics")).Rows)

[<Fact>]
let ``Runs of one protocol are ranked by their first test estimate`` () =
    let ranking = ResultsQuery.Ranked(three (), false)

    Assert.Equal<float list>([ -96.0; -97.0; -99.0 ], [ for value in ranking["log_px"] -> unbox value ])

/// A run on dynamic pixels: its numbers are others'.
[<Fact>]
let ``A ranking across protocols is refused unless forced`` () =
    let root = three ()

    let path =
        Path.Combine(root, "mean_field", "20250101-000000-ffff", "estimates.parquet")

    let rows = ResultTables.Read<EstimateRow> path

    ResultTables.Write(
        path,
        [
            for row in rows ->
                EstimateRow(
                    row.RunId,
                    row.Step,
                    row.Split,
                    row.Kind,
                    row.Samples,
                    row.Seed,
                    "dynamic",
                    row.Elbo,
                    row.LogPx,
                    row.LogPxSe,
                    row.McSe,
                    row.Ess,
                    row.Lower,
                    row.Upper,
                    row.Examples
                )
        ]
    )

    let error =
        Assert.Throws<ExperimentException>(fun () -> ResultsQuery.Ranked(root, false) |> ignore)

    Assert.Equal(ExitCode.Usage, error.Code)
    Assert.Contains("binarized-mnist, dynamic, importance K=128", error.Message)
    Assert.Contains("2 protocols", error.Message)
    Assert.Equal(3, (ResultsQuery.Ranked(root, true)).Rows.Count)

/// The run's first estimate, made another time.
let private again (path: string) step samples logPx (examples: Nullable<int64>) (settings: string) partOf =
    let rows = List.ofSeq (ResultTables.Read<EstimateRow> path)
    let row = rows.Head

    let other =
        EstimateRow(
            row.RunId,
            step,
            row.Split,
            row.Kind,
            samples,
            row.Seed,
            row.Binarisation,
            row.Elbo,
            Nullable logPx,
            row.LogPxSe,
            row.McSe,
            row.Ess,
            row.Lower,
            row.Upper,
            examples,
            settings,
            partOf
        )

    ResultTables.Write(path, other :: rows)

/// What shows how an estimate converges stands for no run.
[<Fact>]
let ``Estimates from fewer samples aren't counted among a run's estimates`` () =
    let root = three ()

    let path =
        Path.Combine(root, "mean_field", "20250101-000000-ffff", "estimates.parquet")

    let kinds () =
        let groups = ResultsQuery.Grouped root
        Seq.zip groups["samples"] groups["runs"] |> List.ofSeq

    let before = kinds ()
    again path 65000L 10L -97.0 (Nullable()) null (Nullable 128L)
    Assert.Equal<(obj * obj) list>(before, kinds ())

[<Fact>]
let ``Estimates of fewer examples, in another way, or of weights of before aren't averaged with the others`` () =
    let root = three ()

    let path =
        Path.Combine(root, "mean_field", "20250101-000000-ffff", "estimates.parquet")

    again path 65000L 128L -1.0 (Nullable 100L) null (Nullable())
    again path 65000L 128L -2.0 (Nullable 100L) "temperatures = 5" (Nullable())
    again path 30000L 128L -3.0 (Nullable 200L) null (Nullable())

    let found =
        [
            for row in (ResultsQuery.Grouped root).Records do
                if row["samples"] = box 128L then
                    $"""{row["examples"]} {row["settings"]} {row["runs"]} {unbox<float> row["log_px_mean"]:F2}"""
        ]

    Assert.Equal<string list>([ "  3 -97.33"; "100  1 -1.00"; "100 temperatures = 5 1 -2.00" ], List.sort found)

[<Fact>]
let ``Runs are listed oldest first, unfinished and damaged ones passed over`` () =
    let root = three ()
    RunDirectory.Create(root, "unfinished") |> ignore

    let junk =
        Directory.CreateDirectory(Path.Combine(root, "junk", "deep", "folder")).FullName

    File.WriteAllText(Path.Combine(junk, "summary.parquet"), "")
    File.WriteAllText(Path.Combine(root, "summary.parquet"), "PAR1 this was not written to its end")
    File.WriteAllText(Path.Combine(root, "notes.txt"), "nothing")
    let runs = ResultsQuery.Runs root

    Assert.Equal<string list>(
        [
            "mean_field/20250101-000000-ffff"
            "mean_field/20250201-000000-aaaa"
            "mean_field/20250302-000000-0000"
        ],
        [ for id in runs["run_id"] -> string id ]
    )

    Assert.Equal<string list>(
        [ for id in runs["run_id"] -> string id ],
        [ for id in (ResultsQuery.Overview root)["run"] -> string id ]
    )

[<Fact>]
let ``A file of an older version has nulls in the columns it lacks`` () =
    let root = three ()

    let old =
        Directory.CreateDirectory(Path.Combine(root, "old", "20240101-000000-0000")).FullName

    use database = new DuckDb()
    let target = DuckDb.Literal(Path.Combine(old, "summary.parquet"))

    database.Query
        $"COPY (SELECT 'old/20240101-000000-0000' AS run_id, 'old' AS name, -90.0::DOUBLE AS test_elbo) TO {target}"
    |> ignore

    let runs = ResultsQuery.Runs root
    Assert.Equal("old", string (runs.Rows[0][1]))
    Assert.Equal(-90.0, unbox<float>(Seq.head runs["test_elbo"]))
    Assert.Null(Seq.head runs["commit"])

[<Fact>]
let ``Groups have the mean and the standard deviation over seeds`` () =
    let groups = ResultsQuery.Grouped(three ())
    // log p(x) -97, -96, -99: mean -97 1/3, squared deviations 1/9 + 16/9 + 25/9 = 42/9, over n - 1 = 2: 7/3.
    let at128 = groups.Records |> Seq.find (fun row -> row["samples"] = box 128L)
    Assert.Equal(3L, unbox<int64> at128["seeds"])
    Assert.Equal(-104.0, unbox<float> at128["elbo_mean"], 10)
    Assert.Equal(1.0, unbox<float> at128["elbo_sd"], 10)
    Assert.Equal(-97.0 - 1.0 / 3.0, unbox<float> at128["log_px_mean"], 10)
    Assert.Equal(Math.Sqrt(7.0 / 3.0), unbox<float> at128["log_px_sd"], 10)
    Assert.Equal<int64 list>([ 128L; 1000L ], [ for samples in groups["samples"] -> unbox<int64> samples ])

[<Fact>]
let ``Runs of one name but of other configs aren't averaged`` () =
    let root = three ()
    finishAs "ba9876543210" root "mean_field" "20250401-000000-bbbb" 3L -200.0 -150.0

    let at128 =
        [
            for row in (ResultsQuery.Grouped root).Records do
                if row["samples"] = box 128L then
                    unbox<int64> row["runs"], unbox<float> row["elbo_mean"]
        ]

    Assert.Equal<(int64 * float) list>([ 3L, -104.0; 1L, -200.0 ], at128)

[<Fact>]
let ``SQL is answered over all runs, over files, and with a sentence where it is wrong`` () =
    let root = three ()

    let count (sql: string) =
        unbox<int64>(ResultsQuery.Sql(root, sql).Rows[0][0])

    Assert.Equal(3L, count "SELECT count(*) FROM summary")
    Assert.Equal(12L, count "SELECT count(*) FROM estimates JOIN summary USING (run_id)")
    Assert.Equal(0L, count "SELECT count(*) FROM log_weights")

    let file =
        Path.Combine(root, "mean_field", "20250101-000000-ffff", "summary.parquet")
        |> DuckDb.NoGlob
        |> DuckDb.Literal

    Assert.Equal(1L, count $"SELECT count(*) FROM read_parquet({file}, union_by_name = true)")

    let error =
        Assert.Throws<ExperimentException>(fun () -> ResultsQuery.Sql(root, "SELECT tset_elbo FROM summary") |> ignore)

    Assert.Equal(ExitCode.Usage, error.Code)
    Assert.Contains("test_elbo", error.Message)

[<Fact>]
let ``JSON is valid whatever the values are`` () =
    let answer =
        ResultsQuery.Sql(
            folder (),
            "SELECT 'a\"\n\\ü' AS \"it's\", 'nan'::DOUBLE AS nan, -1e300 AS big, 1::BIGINT AS a, 2 AS a, NULL AS none, true AS yes,
             18446744073709551615::UBIGINT AS huge, [1, 2] AS list, 0.1::DOUBLE AS tenth"
        )

    use json = JsonDocument.Parse(JsonRows.Of answer)
    let first = json.RootElement[0]
    Assert.Equal("a\"\n\\ü", first.GetProperty("it's").GetString())
    Assert.Equal(JsonValueKind.Null, first.GetProperty("nan").ValueKind)
    Assert.Equal(-1e300, first.GetProperty("big").GetDouble())
    Assert.Equal(JsonValueKind.Null, first.GetProperty("none").ValueKind)
    Assert.True(first.GetProperty("yes").GetBoolean())
    Assert.Equal(UInt64.MaxValue, first.GetProperty("huge").GetUInt64())
    Assert.Equal("[1, 2]", first.GetProperty("list").GetString())
    Assert.Equal(0.1, first.GetProperty("tenth").GetDouble())
    Assert.Equal(1, first.GetProperty("a").GetInt32())
    Assert.Equal(2, first.GetProperty("a_1").GetInt32())

[<Fact>]
let ``The text table lines up`` () =
    let answer =
        ResultsQuery.Sql(
            folder (),
            "SELECT * FROM (VALUES ('a', -103.3, 7), ('long', -97.25, NULL), ('c', 'nan'::DOUBLE, 10)) t(name, elbo, k)"
        )

    let expected =
        "name     elbo   k\na     -103.30   7\nlong   -97.25\nc         NaN  10\n"

    Assert.Equal(expected, TextTable.Of answer)
    Assert.Equal("(no rows)\n", TextTable.Of(ResultsQuery.Sql(folder (), "SELECT 1 WHERE false")))

let private publishedRepository () =
    let runs = three ()
    let repository = folder ()

    let docs =
        Directory.CreateDirectory(Path.Combine(repository, "docs", "results")).FullName

    File.WriteAllLines(
        Path.Combine(docs, "references.csv"),
        [
            "name,kind,samples,examples,elbo,log_px,loss,accuracy,what,source"
            "mean_field,importance,128,,-103.31,-97.1,,,\"published, best\",somebody"
            "mean_field,importance,128,,,-98.46,,,again,somebody else"
            "mean_field,training-loss,1,,,,103.5,,third epoch,somebody"
            "mean_field,elbo,1,,,,,0.8351,clusters of somebody,somebody"
            "other,importance,128,,-1,-2,,,no,one"
        ]
    )

    File.WriteAllText(
        Path.Combine(repository, "README.md"),
        "# R\n<!-- results:begin -->\nold\n<!-- results:end -->\nrest\n"
    )

    for folder in Directory.GetDirectories(Path.Combine(runs, "mean_field")) do
        Publish.Run(RunDirectory.Open folder, repository) |> ignore

    repository

[<Fact>]
let ``Publishing writes the page, the README's table and a few kilobytes`` () =
    let repository = publishedRepository ()
    let page = File.ReadAllText(Path.Combine(repository, "docs", "results.md"))

    for line in
        [
            "## mean_field"
            "binarized-mnist, static binarisation; mlp, 1,234,567 parameters; [config](results/mean_field/20250101-000000-ffff/config.toml)."
            "### importance, 128 samples"
            "| 20250101-000000-ffff | 0 | 35,000 | 65,000 | -103.00 | -97.00 | 0.25 | 01:02:05 |"
            "| **mean ± sd, 3 seeds** |  |  |  | -104.00 ± 1.00 | -97.33 ± 1.53 |  |  |"
            "| reference: published, best (somebody) |  |  |  | -103.31 | -97.10 |  |  |"
            "| reference: again (somebody else) |  |  |  |  | -98.46 |  |  |"
            "### importance, 1,000 samples"
            "| **mean ± sd, 3 seeds** |  |  |  | -104.00 ± 1.00 | -96.33 ± 1.53 |  |  |"
            "### training loss, average over the last epoch"
            "| 20250101-000000-ffff | 0 | 65,000 | 103.50 | 01:02:05 |"
            "| **mean ± sd, 3 runs** |  |  | 104.50 ± 1.00 |  |"
            "| reference: third epoch (somebody) |  |  | 103.50 |  |"
            "### clusters of the test examples against their labels"
            "| 20250201-000000-aaaa | 1 | 0.7600 | 0.5000 |"
            "| **mean and best, 3 runs** |  | 0.7600, 0.7700 | 0.5000, 0.5000 |"
            "| reference: clusters of somebody (somebody) |  | 0.8351 |  |"
        ] do
        Assert.Contains(line, page.Split '\n')

    Assert.DoesNotContain("no (one)", page)

    Assert.Equal(
        "# R\n<!-- results:begin -->\n"
        + "| config | data | test log p(x) | mean ± sd | reference |\n|---|---|---|--:|--:|\n"
        + "| mean_field | binarized-mnist, static | importance, 128 samples | -97.33 ± 1.53 (3 seeds) | -97.10 (somebody) |\n"
        + "| mean_field | binarized-mnist, static | importance, 1,000 samples | -96.33 ± 1.53 (3 seeds) |  |\n"
        + "<!-- results:end -->\nrest\n",
        File.ReadAllText(Path.Combine(repository, "README.md"))
    )

    let run =
        Path.Combine(repository, "docs", "results", "mean_field", "20250101-000000-ffff")

    let files = DirectoryInfo(run).GetFiles()

    Assert.Equal<string list>(
        [ "config.toml"; "estimates.parquet"; "summary.parquet" ],
        [ for file in files -> file.Name ] |> List.sort
    )

    Assert.True(files |> Array.sumBy _.Length < 20_000L)

[<Fact>]
let ``A published number stands beside estimates of as many examples, and a heading says how many`` () =
    let repository = publishedRepository ()
    let docs = Path.Combine(repository, "docs", "results")

    File.AppendAllText(
        Path.Combine(docs, "references.csv"),
        "mean_field,importance,128,10000,,-97.5,,,of ten thousand,somebody\n"
    )

    let path =
        Path.Combine(docs, "mean_field", "20250101-000000-ffff", "estimates.parquet")

    again path 65000L 128L -80.0 (Nullable 1000L) null (Nullable())
    again path 65000L 128L -97.25 (Nullable 10_000L) null (Nullable())
    let page = ResultsPage.Generate docs

    let section (heading: string) =
        let start = page.IndexOf(heading + "\n", StringComparison.Ordinal)
        Assert.True(start >= 0, heading)
        page.Substring(start, page.IndexOf("\n#", start + 1, StringComparison.Ordinal) - start)

    let all = section "### importance, 128 samples, 10,000 examples"
    Assert.Contains("| -97.25 |", all)
    Assert.Contains("of ten thousand", all)
    Assert.DoesNotContain("published, best", all)
    let fewer = section "### importance, 128 samples, 1,000 examples"
    Assert.Contains("| -80.00 |", fewer)
    Assert.DoesNotContain("reference", fewer)
    Assert.Contains("published, best", section "### importance, 128 samples")

[<Fact>]
let ``Experiments of one name are told apart by the keys of their configs that differ`` () =
    let repository = publishedRepository ()
    let docs = Path.Combine(repository, "docs", "results")
    let smoke = File.ReadAllText(Path.Combine(Outside.root, "configs", "smoke.toml"))

    let write (folder: string) (text: string) =
        File.WriteAllText(Path.Combine(docs, "mean_field", folder, "config.toml"), text)

    finishAs "ba9876543210" docs "mean_field" "20250401-000000-bbbb" 3L -104.0 -98.0
    write "20250101-000000-ffff" smoke

    let changed =
        smoke.Replace("batch_size = 16", "batch_size = 32").Replace("hidden = [16]", "hidden = [8]")

    write "20250401-000000-bbbb" (changed.Replace("samples = 8", "samples = 9"))

    let title =
        "mean_field, data.batch_size = 32, model.decoder.hidden = [8], model.encoder.hidden = [8]"

    let lines = (ResultsPage.Generate docs).Split '\n'
    Assert.Contains("## mean_field", lines)
    Assert.Contains($"## {title}", lines)
    Assert.Contains($"| {title} |", ResultsPage.Table docs)
    write "20250401-000000-bbbb" "shape = \"of another version\""
    Assert.Contains("## mean_field, ba9876543210", (ResultsPage.Generate docs).Split '\n')

[<Fact>]
let ``A run that has not ended cannot be published`` () =
    let run = RunDirectory.Create(folder (), "a")
    let repository = folder ()

    let error =
        Assert.Throws<ExperimentException>(fun () -> Publish.Run(run, repository) |> ignore)

    Assert.Equal(ExitCode.Usage, error.Code)
    Assert.Contains("summary.parquet", error.Message)
    // One that is being made longer has its old numbers and its new config.
    let root = three ()

    let longer =
        RunDirectory.Open(Path.Combine(root, "mean_field", "20250101-000000-ffff"))

    longer.WriteStatus(RunState.Stopped, 70000L)

    let error =
        Assert.Throws<ExperimentException>(fun () -> Publish.Run(longer, repository) |> ignore)

    Assert.Contains("isn't completed", error.Message)
    Assert.Empty(Directory.GetFileSystemEntries repository)

[<Fact>]
let ``The committed pages are what the published files say`` () =
    let results = Path.Combine(Outside.root, "docs", "results")
    Assert.Equal(ResultsPage.Generate results, File.ReadAllText(Path.Combine(Outside.root, "docs", "results.md")))
    let readme = Path.Combine(Outside.root, "README.md")

    if File.Exists readme then
        let text = File.ReadAllText readme

        Assert.Equal(
            ResultsPage.Insert(text, ResultsPage.Table results)
            |> Option.ofObj
            |> Option.defaultValue text,
            text
        )
