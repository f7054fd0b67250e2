module Vae.Tests.ResultsQueryTests

open System
open System.IO
open System.Text.Json
open Vae.Experiments
open Vae.Experiments.Results
open Vae.Primitives
open Vae.Tests.FinishedRuns
open Xunit

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
