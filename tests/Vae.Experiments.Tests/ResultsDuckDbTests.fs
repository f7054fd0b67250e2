module Vae.Tests.ResultsDuckDbTests

open System
open System.IO
open Vae.Experiments
open Vae.Experiments.Results
open Xunit

let private one (sql: string) =
    use database = new DuckDb()
    database.Query(sql).Rows[0][0]

[<Fact>]
let ``Values arrive as the type and value that SQL says`` () =
    let cases: (string * obj) list =
        [
            "true", true
            "(-128)::TINYINT", -128L
            "(-32768)::SMALLINT", -32768L
            "2147483647", 2147483647L
            "9223372036854775807", Int64.MaxValue
            "255::UTINYINT", 255L
            "65535::USMALLINT", 65535L
            "4294967295::UINTEGER", 4294967295L
            "9223372036854775807::UBIGINT", Int64.MaxValue
            "18446744073709551615::UBIGINT", UInt64.MaxValue
            "sum(-5::BIGINT)", -5L
            "9223372036854775808::HUGEINT", 9223372036854775808.0
            "(-9223372036854775808)::HUGEINT", Int64.MinValue
            "(-9223372036854775809)::HUGEINT", -9223372036854775808.0
            "100000000000000000000000000::HUGEINT", 1e26
            "0.1::FLOAT", float 0.1f
            "0.1::DOUBLE", 0.1
            "1.25::DECIMAL(10, 2)", 1.25
            "'nan'::DOUBLE", nan
            "'-infinity'::DOUBLE", -infinity
            "'twelve bytes'", "twelve bytes"
            "'thirteen byte'", "thirteen byte"
            "'日本語のテキスト 🎲'", "日本語のテキスト 🎲"
            "''", ""
            "NULL", null
            "NULL::BIGINT", null
            "TIMESTAMP '2025-01-02 03:04:05'", "2025-01-02 03:04:05"
            "DATE '2025-01-02'", "2025-01-02"
            "[1, 2, NULL]", "[1, 2, NULL]"
            "{'a': 1}", "{'a': 1}"
        ]

    for sql, expected in cases do
        Assert.Equal(expected, one $"SELECT {sql}")

[<Fact>]
let ``NULLs stand where they are through many chunks`` () =
    use database = new DuckDb()

    let rows =
        database.Query("SELECT i, CASE WHEN i % 3 = 0 THEN NULL ELSE i::VARCHAR END FROM range(10000) t(i)").Rows

    Assert.Equal(10000, rows.Count)

    for i in 0..9999 do
        Assert.Equal(int64 i, unbox<int64>(rows[i][0]))
        Assert.Equal((if i % 3 = 0 then null else string i), rows[i][1] :?> string)

[<Fact>]
let ``Columns of one name become distinct, casts keep the names and the order`` () =
    use database = new DuckDb()
    Assert.Equal<string list>([ "a"; "a_1"; "a_2" ], List.ofSeq (database.Query("SELECT 1 a, 2 a, 3 a").Columns))

    let cast =
        database.Query("SELECT i AS n, [i] AS l FROM range(5) t(i) ORDER BY i DESC -- with a comment")

    Assert.Equal<string list>([ "n"; "l" ], List.ofSeq cast.Columns)
    Assert.Equal<string list>([ "[4]"; "[3]"; "[2]"; "[1]"; "[0]" ], [ for text in cast["l"] -> string text ])

[<Fact>]
let ``Parameters are values, whatever they contain`` () =
    use database = new DuckDb()

    let row =
        database.Query("SELECT $1, $2, $3, $4, $5, typeof($6), $7", "it's; DROP", 7L, 0.5, true, null, 3, "").Rows[0]

    Assert.Equal<obj array>([| box "it's; DROP"; 7L; 0.5; true; null; "BIGINT"; "" |], row)

    let error =
        Assert.Throws<ExperimentException>(fun () -> database.Query("SELECT $1") |> ignore)

    Assert.Contains("1 parameters", error.Message)

[<Fact>]
let ``A person's mistake is usage, ours is failure, and both say what DuckDB says`` () =
    use database = new DuckDb()

    let asked (sql: string) =
        Assert.Throws<ExperimentException>(fun () -> database.Ask sql |> ignore)

    let typo = asked "SELEC 1"
    Assert.Equal(ExitCode.Usage, typo.Code)
    Assert.Contains("SELEC", typo.Message)
    Assert.Equal(ExitCode.Usage, (asked "SELECT 'x'::INTEGER").Code)
    Assert.Equal(ExitCode.Usage, (asked "SELECT 1; SELECT 2").Code)
    Assert.Equal(ExitCode.Usage, (asked "").Code)

    let ours =
        Assert.Throws<ExperimentException>(fun () -> database.Query "SELEC 1" |> ignore)

    Assert.Equal(ExitCode.Failure, ours.Code)

[<Fact>]
let ``A question cannot write`` () =
    use database = new DuckDb()
    let target = Path.Combine(Directory.CreateTempSubdirectory().FullName, "out.csv")

    for sql in
        [
            $"COPY (SELECT 1) TO '{target}'"
            "CREATE TABLE t (i INTEGER)"
            "SET threads = 8"
            $"ATTACH '{target}'"
            $"EXPLAIN ANALYZE COPY (SELECT 1) TO '{target}'"
            "INSTALL httpfs"
        ] do
        let error = Assert.Throws<ExperimentException>(fun () -> database.Ask sql |> ignore)
        Assert.Equal(ExitCode.Usage, error.Code)

    Assert.False(File.Exists target)

    for sql in
        [
            "FROM range(3)"
            "WITH a AS (SELECT 1) FROM a"
            "DESCRIBE SELECT 1"
            "SUMMARIZE SELECT 1.5 AS x;"
        ] do
        Assert.NotEmpty(database.Ask(sql).Rows)

[<Fact>]
let ``Rows that do not fit their table are refused`` () =
    use database = new DuckDb()
    database.Query "CREATE TABLE t (i INTEGER, s VARCHAR)" |> ignore
    database.Append("t", [ [| box 1; "a" |]; [| null; null |] ])
    Assert.Equal(2L, unbox<int64>(database.Query("SELECT count(*) FROM t").Rows[0][0]))

    for row in [ [| box 1 |]; [| box 1; "a"; "b" |]; [| box "x"; "a" |] ] do
        let error =
            Assert.Throws<ExperimentException>(fun () -> database.Append("t", [ row ]))

        Assert.Contains("table t", error.Message)

    Assert.Throws<ExperimentException>(fun () -> database.Append("nowhere", []))
    |> ignore
