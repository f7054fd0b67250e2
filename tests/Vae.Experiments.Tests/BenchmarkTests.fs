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

[<Fact>]
let ``The page says what a training step with one thread consists of, and that all of it is a whole`` () =
    let step model mode threads operators =
        BenchmarkResult(
            model,
            mode,
            "cpu",
            threads,
            8,
            2.0,
            4000.0,
            10L,
            1.0,
            "1",
            1.0,
            0L,
            0.5,
            0.5,
            0.5,
            Operators = operators
        )

    let pair =
        BenchmarkPair("a", "train", 1, 8, 1, 2.0, 3.0, 1.5, 100.0, 200.0, 0.5, 1.5, 0.6, 0.5, 10L, 10L, 1.0, 1.0)

    let page =
        PerformancePage.Tables(
            [| pair |],
            [|
                step
                    "a"
                    "train"
                    1
                    [|
                        OperatorShare("aten::mm", 3.0, 0.5)
                        OperatorShare("torch::autograd::CppNode<(anonymous namespace)::Linear>", 1.0, 0.2)
                        OperatorShare("aten::sum", 1.0, 0.015)
                    |]
                step "a" "train" 2 [| OperatorShare("aten::mm", 3.0, 0.9) |]
                step "b" "train" 1 [| OperatorShare("aten::sum", 9.0, 0.25) |]
                step "b" "bound" 1 [| OperatorShare("aten::mm", 3.0, 0.8) |]
            |]
        )

    let rows = page.Split('\n') |> Array.skipWhile (fun line -> line <> "| | a | b |")

    Assert.Equal<string[]>(
        [|
            "| | a | b |"
            "|---|--:|--:|"
            "| aten::mm | 50.0 | 0.0 |"
            "| aten::sum | 1.5 | 25.0 |"
            "| Linear, backward | 20.0 | 0.0 |"
            "| all other operators | 0.0 | 0.0 |"
            "| outside of operators | 28.5 | 75.0 |"
            ""
        |],
        rows
    )

    Assert.Contains("| a | train | 1 | 1 | 1.50 (1.50 – 1.50) | 2 | 60 % |", page)
