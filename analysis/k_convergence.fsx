/// How log p(x) converges in the number of samples K: two runs (or more) in one picture, from their estimates.parquet.
///     dotnet fsi analysis/k_convergence.fsx OUT.png RUN RUN ...
/// The estimates must have been made with a K of 10 or more: vae evaluate RUN kind=importance samples=1000
#r "../Vae.Experiments/bin/Release/net10.0/Vae.Experiments.dll"

open System
open System.IO
open Vae.Experiments.Figures
open Vae.Experiments.Results

/// The points (log10 K, log p(x)) of a run's largest importance estimate on its test examples: rows with part_of are made of its first K samples.
let curve (run: string) =
    use database = new DuckDb()
    let file = Path.Combine(run, "estimates.parquet")

    let rows =
        database.Query(
            "WITH importance AS (FROM read_parquet($1) WHERE kind = 'importance' AND split = 'test'),
                  largest AS (FROM importance WHERE part_of IS NULL ORDER BY examples DESC, samples DESC LIMIT 1)
             SELECT i.samples, i.log_px FROM importance i, largest l
             WHERE i.examples = l.examples AND (i.part_of = l.samples OR (i.part_of IS NULL AND i.samples = l.samples)) ORDER BY 1",
            file
        )

    let points =
        [|
            for row in rows.Rows -> struct (log10 (float (unbox<int64> row[0])), unbox<float> row[1])
        |]

    Series(Path.GetFileName(Path.TrimEndingDirectorySeparator run), points)

match List.ofArray fsi.CommandLineArgs with
| _ :: out :: (_ :: _ as runs) ->
    let series = runs |> List.map curve

    for one in series do
        printfn "%s" one.Name

        for struct (k, logPx) in one.Points do
            printfn "  K = %-6.0f log p(x) = %.3f" (10.0 ** k) logPx

    LineChart
        .Render("log p(x) against the number of samples", "log10 K", "nats per example", Array.ofList series)
        .Save(out)

    printfn "%s" out
| _ ->
    eprintfn "dotnet fsi analysis/k_convergence.fsx OUT.png RUN RUN ..."
    exit 2
