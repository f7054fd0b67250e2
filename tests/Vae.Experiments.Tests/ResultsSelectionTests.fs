/// What `vae results` and `vae compare` make of rows: sorted, chosen, as LaTeX and Parquet.
module Vae.Tests.ResultsSelectionTests

open System.IO
open Vae.Experiments
open Vae.Experiments.Results
open Xunit

let private table =
    QueryResult(
        [| "run"; "log_px"; "seed" |],
        [|
            [| box "a_b"; box -98.4712; box 2L |]
            [| box "c&d"; null; box 1L |]
            [| box "e\\f"; box -90.0; box 3L |]
        |]
    )

let private column (name: string) (result: QueryResult) =
    [ for value in result[name] -> string value ]

[<Fact>]
let ``Sorted either way, what isn't known comes last`` () =
    Assert.Equal<string list>([ "a_b"; "e\\f"; "c&d" ], table.SortedBy "log_px" |> column "run")
    Assert.Equal<string list>([ "e\\f"; "a_b"; "c&d" ], table.SortedBy "-log_px" |> column "run")
    Assert.Equal<string list>([ "c&d"; "a_b"; "e\\f" ], table.SortedBy "seed" |> column "run")

[<Fact>]
let ``Columns come in the order asked for, and an unknown one is refused with the nearest name`` () =
    let two = table.Only [| "seed"; "run" |]
    Assert.Equal<string list>([ "seed"; "run" ], List.ofSeq two.Columns)
    Assert.Equal<obj array>([| box 2L; box "a_b" |], two.Rows[0])

    for asked in [ (fun () -> table.Only [| "log_xp" |]); (fun () -> table.SortedBy "-log_xp") ] do
        let e = Assert.Throws<ExperimentException>(fun () -> asked () |> ignore)
        Assert.Equal(ExitCode.Usage, e.Code)
        Assert.Contains("Did you mean 'log_px'?", e.Message)

[<Fact>]
let ``LaTeX has its special characters escaped and its numbers to the right`` () =
    Assert.Equal(
        """% \usepackage{booktabs}
\begin{tabular}{lrr}
\toprule
run & log\_px & seed \\
\midrule
a\_b & $-98.47$ & $2$ \\
c\&d & -- & $1$ \\
e\textbackslash{}f & $-90.00$ & $3$ \\
\bottomrule
\end{tabular}
""",
        LatexTable.Of table
    )

[<Fact>]
let ``A table stored as Parquet comes back with its types`` () =
    let path =
        Path.Combine(Directory.CreateTempSubdirectory("it's ").FullName, "table.parquet")

    ParquetTable.Write(path, table)
    use database = new DuckDb()
    let found = database.Query($"FROM read_parquet({DuckDb.Literal path})")
    Assert.Equal<string list>(List.ofSeq table.Columns, List.ofSeq found.Columns)
    Assert.Equal<obj array list>(List.ofSeq table.Rows, List.ofSeq found.Rows)
