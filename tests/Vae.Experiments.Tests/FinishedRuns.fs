/// Run directories as finished runs leave them, with numbers that tests know.
module Vae.Tests.FinishedRuns

open System
open System.IO
open Vae.Experiments
open Vae.Experiments.Results
open Vae.Primitives

/// A finished run with a test ELBO and a log p(x) at 128 and at 1000 samples.
let finishAs (hash: string) root name folder seed elbo logPx =
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

let finish root name folder seed elbo logPx =
    finishAs "0123456789ab" root name folder seed elbo logPx

let folder () =
    Directory.CreateTempSubdirectory("it's [a]? * ").FullName

let three () =
    let root = folder ()
    finish root "mean_field" "20250302-000000-0000" 2L -105.0 -99.0
    finish root "mean_field" "20250101-000000-ffff" 0L -103.0 -97.0
    finish root "mean_field" "20250201-000000-aaaa" 1L -104.0 -96.0
    root

/// The run's first estimate, made another time.
let again (path: string) step samples logPx (examples: Nullable<int64>) (settings: string) partOf =
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
