/// Every table of every run, from F#: DuckDB's SQL over the Parquet files, as records.
///     dotnet fsi analysis/tables.fsx [RUNS]
#r "../Vae.Experiments/bin/Release/net10.0/Vae.Experiments.dll"

open System.IO
open Vae.Experiments.Results

let runs =
    match fsi.CommandLineArgs with
    | [| _; folder |] -> folder
    | _ -> Path.Combine(__SOURCE_DIRECTORY__, "..", "runs")

/// Parquet columns come as int64, float, string, bool or null.
type Run =
    {
        Id: string
        Seed: int64
        Elbo: float option
        LogPx: float option
    }

let number (value: obj) =
    match value with
    | :? float as number -> Some number
    | _ -> None

let summary =
    ResultsQuery.Sql(runs, "SELECT run_id, seed, test_elbo, test_log_px FROM summary ORDER BY run_id")

let found =
    [
        for row in summary.Rows ->
            {
                Id = string row[0]
                Seed = unbox row[1]
                Elbo = number row[2]
                LogPx = number row[3]
            }
    ]

for run in found do
    let text = Option.map (sprintf "%.2f") >> Option.defaultValue "-"
    printfn "%-45s seed %d  elbo %s  log p(x) %s" run.Id run.Seed (text run.Elbo) (text run.LogPx)

// The same tables, grouped by SQL: what a training step costs on each model.
let speed =
    ResultsQuery.Sql(
        runs,
        "SELECT model, round(median(images_per_s)) AS images_per_s FROM summary GROUP BY model ORDER BY 2 DESC"
    )

printf "\n%s" (TextTable.Of speed)
