module Vae.Tests.ResultsJournalTests

open System
open System.IO
open System.Text.Json
open FsCheck
open FsCheck.FSharp
open Vae.Experiments
open Vae.Experiments.Results
open Xunit

let private fresh () =
    Path.Combine(Directory.CreateTempSubdirectory("journal").FullName, "journal.jsonl")

let private metric step value : IJournalRow =
    MetricRow("run/1", step, Nullable(), "train", "loss", value, 0.5)

let private estimate step : IJournalRow =
    EstimateRow(
        "run/1",
        step,
        "test",
        "importance",
        1000L,
        0L,
        "static",
        Nullable -103.3,
        Nullable nan,
        Nullable(),
        Nullable infinity,
        Nullable -infinity,
        Nullable(),
        Nullable()
    )

let private rows =
    [
        metric 0L -0.1
        estimate 100L
        MetricRow("ünï \"quoted\"\n/1", 100L, Nullable 3L, "valid", "elbo", nan, 1e-300)
        metric 200L (1.0 / 3.0)
        estimate 300L
    ]

let private write path (rows: IJournalRow seq) =
    use journal = Journal.Open path

    for row in rows do
        journal.Append row

[<Fact>]
let ``Rows come back exactly, kinds and order kept, over reopening`` () =
    let path = fresh ()
    write path rows
    write path rows
    Assert.Equal<IJournalRow list>(rows @ rows, List.ofSeq (Journal.Read path))

[<Fact>]
let ``Every double comes back to the bit`` () =
    let path = fresh ()
    use journal = Journal.Open path

    Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.forAll (ArbMap.defaults |> ArbMap.arbitrary<uint64>) (fun bits ->
            let value = BitConverter.UInt64BitsToDouble bits
            journal.Append(metric 1L value)
            let back = (Seq.last (journal.Read()) :?> MetricRow).Value

            Double.IsNaN value && Double.IsNaN back
            || BitConverter.DoubleToUInt64Bits back = bits)
    )

[<Fact>]
let ``A line is one JSON object that any reader understands`` () =
    let path = fresh ()
    write path rows
    let lines = File.ReadAllLines path
    Assert.Equal(rows.Length, lines.Length)
    use first = JsonDocument.Parse lines[0]
    Assert.Equal("metrics", first.RootElement.GetProperty("table").GetString())
    Assert.Equal("run/1", first.RootElement.GetProperty("run_id").GetString())
    Assert.Equal(-0.1, first.RootElement.GetProperty("value").GetDouble())
    Assert.Equal(0.5, first.RootElement.GetProperty("wall_s").GetDouble())
    use second = JsonDocument.Parse lines[1]
    Assert.Equal("estimates", second.RootElement.GetProperty("table").GetString())
    Assert.Equal("NaN", second.RootElement.GetProperty("log_px").GetString())
    Assert.Equal(JsonValueKind.Null, second.RootElement.GetProperty("lower").ValueKind)

[<Fact>]
let ``Torn at any byte it reads as a prefix, and what is appended then stands after it`` () =
    let path = fresh ()
    write path rows
    let whole = File.ReadAllBytes path

    for length in 0 .. whole.Length do
        use file = new FileStream(path, FileMode.Create)
        file.Write(whole, 0, length)
        file.Dispose()

        let complete =
            whole[.. length - 1] |> Array.filter ((=) (byte '\n')) |> Array.length

        Assert.Equal<IJournalRow list>(List.take complete rows, List.ofSeq (Journal.Read path))

        if length % 7 = 0 then
            write path [ metric 7L 7.0 ]
            Assert.Equal<IJournalRow list>(List.take complete rows @ [ metric 7L 7.0 ], List.ofSeq (Journal.Read path))

[<Fact>]
let ``A reader sees each row as soon as it is appended, and a journal that is not there is empty`` () =
    let path = fresh ()
    Assert.Empty(Journal.Read path)
    use journal = Journal.Open path

    for i, row in List.indexed rows do
        journal.Append row
        Assert.Equal(i + 1, (Journal.Read path).Count)

[<Fact>]
let ``Truncation drops later steps only, and appending goes on`` () =
    let path = fresh ()
    use journal = Journal.Open path
    List.iter journal.Append rows
    journal.Checkpoint()
    journal.TruncateAfter 100L
    Assert.Equal<IJournalRow list>(List.take 3 rows, List.ofSeq (journal.Read()))
    journal.Append(metric 101L 1.0)
    journal.TruncateAfter 1000L
    Assert.Equal<IJournalRow list>(List.take 3 rows @ [ metric 101L 1.0 ], List.ofSeq (Journal.Read path))
    journal.TruncateAfter -1L
    Assert.Empty(journal.Read())
    Assert.Equal(1, Directory.GetFileSystemEntries(Path.GetDirectoryName path).Length)

[<Fact>]
let ``A damaged line is named`` () =
    let path = fresh ()
    write path rows
    let lines = File.ReadAllLines path

    for broken in
        [
            "nonsense"
            "{}"
            "null"
            """{"table":"else"}"""
            """{"table":"metrics","run_id":"a"}"""
        ] do
        lines[1] <- broken
        File.WriteAllLines(path, lines)

        let error =
            Assert.Throws<ExperimentException>(fun () -> Journal.Read path |> ignore)

        Assert.Equal(ExitCode.Failure, error.Code)
        Assert.StartsWith($"{path}:2: ", error.Message)
