/// The models that are timed are the PyTorch peer's, number for number.
module Vae.Tests.BenchmarkTests

open Vae.Experiments.Benchmarks
open Xunit

[<Fact>]
let ``the models have as many parameters as the PyTorch peer prints for them`` () =
    let counts =
        [
            for benchmark in BenchmarkModel.All do
                use model = benchmark.Build.Invoke()
                benchmark.Name, model.parameters () |> Seq.sumBy _.numel()
        ]

    Assert.Equal<(string * int64) list>(
        [
            "mlp", 632848L
            "mlp-iaf", 1060752L
            "dense", 652824L
            "resnet", 2522439L
            "resnet-iaf", 65415495L
        ],
        counts
    )
