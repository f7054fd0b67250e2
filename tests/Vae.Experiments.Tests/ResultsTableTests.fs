module Vae.Tests.ResultsTableTests

open System
open System.IO
open Vae.Experiments
open Vae.Experiments.Results
open Xunit

/// A folder that a test has to itself, with a name that is trouble for SQL and for patterns.
let private folder () =
    Directory.CreateTempSubdirectory("it's [a] \"tést\"? * ").FullName

let private metrics =
    [
        MetricRow("a/1", 0L, Nullable(), "valid", "elbo", -103.31, 0.25)
        MetricRow("a/1", 9007199254740993L, Nullable 3L, "train", "loss", nan, 1e-300)
        MetricRow("ä'\"/1", -1L, Nullable 0L, "", "日本 🎲 line\nbreak", infinity, Double.Epsilon)
        MetricRow("a/1", Int64.MaxValue, Nullable Int64.MinValue, "test", "kl", -infinity, Double.MaxValue)
    ]

let private estimate =
    EstimateRow(
        "a/1",
        35000L,
        "test",
        "importance",
        128L,
        0L,
        "static",
        -103.31,
        -97.1,
        0.25,
        Nullable(),
        nan,
        Nullable(),
        infinity
    )

let private weights =
    [
        for i in 0..5000 ->
            LogWeightRow(
                "a/1",
                10L,
                "test",
                "importance",
                8L,
                1L,
                int64 i,
                (if i % 7 = 0 then Nullable() else Nullable(i % 10)),
                -float i / 3.0,
                (if i % 11 = 0 then
                     Nullable()
                 else
                     Nullable(Math.Sqrt(float i))),
                Nullable 0.5,
                Nullable()
            )
    ]

let private summary =
    SummaryRow(
        RunId = "mean_field/20250102-030405-0a0b",
        Name = "mean_field",
        Seed = 0L,
        Dataset = "binarized-mnist",
        Binarisation = "static",
        Model = "mlp 256-256, z 128",
        Parameters = 700000L,
        Steps = 65000L,
        BestStep = Nullable 35000L,
        TestElbo = Nullable -103.31,
        TestLogPx = Nullable -97.10,
        TestLogPxSe = Nullable 0.2,
        TestLogPxSamples = Nullable 128L,
        Device = "cpu",
        Threads = 2L,
        WallS = 12.5,
        EffectiveKlWeight = 1.0,
        Status = "completed",
        SkippedSteps = 0L
    )

let private roundTrip<'row when 'row: not struct> (rows: 'row list) =
    let path = Path.Combine(folder (), "rows.parquet")
    ResultTables.Write<'row>(path, rows)
    Assert.Equal<'row list>(rows, List.ofSeq (ResultTables.Read<'row> path))
    path

[<Fact>]
let ``Every table comes back as it was written`` () =
    roundTrip metrics |> ignore
    roundTrip [ estimate; estimate ] |> ignore
    roundTrip weights |> ignore
    roundTrip [ summary ] |> ignore

[<Fact>]
let ``A table of an earlier version is read, with null where it hasn't the column`` () =
    let path = Path.Combine(folder (), "rows.parquet")
    use database = new DuckDb()

    database.Query(
        "COPY (SELECT 'a/b' AS run_id, 7 AS step, 'test' AS split, 'elbo' AS kind, 1 AS samples, 0 AS seed, 3 AS index, -1.5 AS elbo) TO "
        + DuckDb.Literal path
        + " (FORMAT parquet)"
    )
    |> ignore

    let row = Assert.Single(ResultTables.Read<LogWeightRow> path)

    Assert.Equal(
        LogWeightRow("a/b", 7L, "test", "elbo", 1L, 0L, 3L, Nullable(), -1.5, Nullable(), Nullable(), Nullable(), null),
        row
    )

let private columns (path: string) =
    use database = new DuckDb()

    [
        for row in database.Query("DESCRIBE SELECT * FROM read_parquet($1)", path).Rows -> $"{row[0]} {row[1]}"
    ]

[<Fact>]
let ``An empty table has the columns and types that conventions promise`` () =
    let expect (names: string) path =
        Assert.Equal<string list>([ for name in names.Split ',' -> name.Trim() ], columns path)

    roundTrip<MetricRow> []
    |> expect "run_id VARCHAR, step BIGINT, epoch BIGINT, split VARCHAR, metric VARCHAR, value DOUBLE, wall_s DOUBLE"

    roundTrip<EstimateRow> []
    |> expect
        "run_id VARCHAR, step BIGINT, split VARCHAR, kind VARCHAR, samples BIGINT, seed BIGINT, binarisation VARCHAR,
         elbo DOUBLE, log_px DOUBLE, log_px_se DOUBLE, mc_se DOUBLE, ess DOUBLE, lower DOUBLE, upper DOUBLE,
         examples BIGINT, settings VARCHAR, part_of BIGINT"

    roundTrip<LogWeightRow> []
    |> expect
        "run_id VARCHAR, step BIGINT, split VARCHAR, kind VARCHAR, samples BIGINT, seed BIGINT, index BIGINT,
         label INTEGER, elbo DOUBLE, log_px DOUBLE, log_px_se DOUBLE, ess DOUBLE, settings VARCHAR"

    roundTrip<SummaryRow> []
    |> expect
        "run_id VARCHAR, name VARCHAR, config_hash VARCHAR, seed BIGINT, dataset VARCHAR, binarisation VARCHAR, model VARCHAR,
         parameters BIGINT, steps BIGINT, best_step BIGINT,
         test_elbo DOUBLE, test_log_px DOUBLE, test_log_px_se DOUBLE, test_log_px_samples BIGINT,
         clustering_accuracy DOUBLE, nmi DOUBLE,
         valid_elbo DOUBLE, valid_log_px DOUBLE, valid_log_px_se DOUBLE, valid_log_px_samples BIGINT,
         train_elbo DOUBLE, train_log_px DOUBLE, train_log_px_se DOUBLE, train_log_px_samples BIGINT,
         train_loss DOUBLE, estimator VARCHAR, device VARCHAR, threads BIGINT, images_per_s DOUBLE, wall_s DOUBLE,
         effective_kl_weight DOUBLE, commit VARCHAR, status VARCHAR, skipped_steps BIGINT"

[<Fact>]
let ``The files are Parquet in zstd`` () =
    let path = roundTrip weights
    use database = new DuckDb()

    let codecs =
        database.Query("SELECT DISTINCT compression FROM parquet_metadata($1)", path)

    Assert.Equal<string list>([ "ZSTD" ], [ for codec in codecs["compression"] -> string codec ])

[<Fact>]
let ``A table that cannot be written leaves the old one and no litter`` () =
    let path = roundTrip metrics
    let before = File.ReadAllBytes path
    let broken = Seq.append metrics (Seq.delay (fun () -> failwith "no more rows"))

    Assert.ThrowsAny<Exception>(fun () -> ResultTables.Write<MetricRow>(path, broken))
    |> ignore

    Assert.Equal<byte array>(before, File.ReadAllBytes path)
    Assert.Equal(1, Directory.GetFileSystemEntries(Path.GetDirectoryName path).Length)

    let nowhere = Path.Combine(folder (), "missing", "rows.parquet")

    let error =
        Assert.Throws<ExperimentException>(fun () -> ResultTables.Write<MetricRow>(nowhere, metrics))

    Assert.Equal(ExitCode.Failure, error.Code)
    Assert.Contains("missing", error.Message)

[<Fact>]
let ``The tables of a run are made of its journal`` () =
    let run = RunDirectory.Create(folder (), "a")
    use journal = Journal.Open run.Journal

    for row in metrics do
        journal.Append row

    journal.Append estimate
    ResultTables.WriteFrom(journal, run)
    Assert.Equal<MetricRow list>(metrics, List.ofSeq (ResultTables.Read<MetricRow> run.Metrics))
    Assert.Equal<EstimateRow list>([ estimate ], List.ofSeq (ResultTables.Read<EstimateRow> run.Estimates))

[<Fact>]
let ``An estimate made again takes the place of the older one`` () =
    let run = RunDirectory.Create(folder (), "a")
    use journal = Journal.Open run.Journal

    let made samples seed split step (elbo: float) =
        EstimateRow(
            "a/1",
            step,
            split,
            "importance",
            samples,
            seed,
            "static",
            Nullable elbo,
            Nullable(),
            Nullable(),
            Nullable(),
            Nullable(),
            Nullable(),
            Nullable()
        )

    for row in
        [
            made 8L 0L "test" 10L -1.0
            made 9L 0L "test" 10L -2.0
            made 8L 1L "test" 10L -3.0
            made 8L 0L "valid" 10L -4.0
            made 8L 0L "test" 20L -5.0
            made 8L 0L "test" 10L -6.0
            made 9L 0L "test" 10L -7.0
        ] do
        journal.Append row

    ResultTables.WriteFrom(journal, run)

    Assert.Equal<float list>(
        [ -6.0; -7.0; -3.0; -4.0; -5.0 ],
        [ for row in ResultTables.Read<EstimateRow> run.Estimates -> row.Elbo.Value ]
    )

    Assert.Equal(7, (Journal.Read run.Journal).Count)
