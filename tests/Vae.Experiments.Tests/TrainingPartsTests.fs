/// Parts of the training loop: averaged weights, and how long it will take.
module Vae.Tests.TrainingPartsTests

open System
open TorchSharp
open TorchSharp.Modules
open Vae.Experiments.Evaluation
open Vae.Experiments.Training
open Vae.Torch
open Xunit

let private parameter (numbers: float32 list) =
    new Parameter(torch.tensor (Array.ofList numbers))

let private numbers (t: torch.Tensor) =
    t.data<float32>().ToArray() |> List.ofArray

[<Fact>]
let ``Averaged weights follow the recurrence, with a decay that grows to its own`` () =
    use p = parameter [ 1f; -2f ]
    use optimizer = torch.optim.SGD([ p ], 0.1)
    use average = new WeightAverage([ struct ("p", p) ], 0.5)
    let mutable expected = [ 1.0; -2.0 ]

    for step in 0..19 do
        p.grad <- p.detach().neg() // p <- 1.1 p
        optimizer.Step(1.0, average.Averages, average.KeptAt(int64 step))
        let d = min 0.5 ((1.0 + float step) / (10.0 + float step))
        expected <- List.map2 (fun a b -> d * a + (1.0 - d) * float b) expected (numbers p)

    for e, a in List.zip expected (numbers (average.Tensors()["p"])) do
        Assert.InRange(float a / e, 1.0 - 1e-5, 1.0 + 1e-5)

[<Fact>]
let ``Averaged weights stand in for the model's, and leave them to the last bit`` () =
    use p = parameter [ 0.1f; 0.2f ]
    use average = new WeightAverage([ struct ("p", p) ], 0.9)
    let own = [ 7.3f; -0.3f ]

    do
        use _ = torch.no_grad ()
        p.copy_ (torch.tensor (Array.ofList own)) |> ignore

    do
        use _ = average.Use()
        Assert.Equal<float32 list>([ 0.1f; 0.2f ], numbers p)

    Assert.Equal<float32 list>(own, numbers p)

[<Fact>]
let ``Averages of other parameters are refused`` () =
    use p = parameter [ 1f ]
    use average = new WeightAverage([ struct ("p", p) ], 0.9)

    let load tensors =
        average.Load(dict tensors |> Collections.Generic.Dictionary)

    let e = Assert.Throws<InvalidOperationException>(fun () -> load [])
    Assert.Contains("train.ema", e.Message)

    Assert.Throws<InvalidOperationException>(fun () -> load [ "q", torch.zeros [| 1L |] ])
    |> ignore

    load [ "p", torch.tensor [| 5f |] ]
    Assert.Equal<float32 list>([ 5f ], numbers (average.Tensors()["p"]))

[<Theory>]
[<InlineData(3.2, "3 s")>]
[<InlineData(99.0, "99 s")>]
[<InlineData(100.0, "2 min")>]
[<InlineData(5960.0, "99 min")>]
[<InlineData(5975.0, "1 h 40 min")>]
[<InlineData(12600.0, "3 h 30 min")>]
[<InlineData(172800.0, "2 d 0 h")>]
[<InlineData(187200.0, "2 d 4 h")>]
let ``Durations as one says them`` (seconds: float) (words: string) =
    Assert.Equal(words, Forecast.Words seconds)

[<Fact>]
let ``A forecast counts steps, and validations where one was timed`` () =
    Assert.Equal(
        "80.0 steps/s here: the 99,950 steps left take about 21 min, 20 validations about 10 min: 31 min in all",
        Forecast.Sentence(99950L, 0.0125, 20L, Nullable 30.0)
    )

    Assert.Equal(
        "80.0 steps/s here: the 8,000 steps left take about 2 min; 1 validation on top",
        Forecast.Sentence(8000L, 0.0125, 1L, Nullable())
    )

    Assert.EndsWith("take about 2 min", Forecast.Sentence(8000L, 0.0125, 0L, Nullable()))

[<Theory>]
[<InlineData(1e5, 1e12, 2048L)>]
[<InlineData(1e5, 2.048e8, 2048L)>]
[<InlineData(1e5, 2.047e8, 1024L)>]
[<InlineData(1e6, 1e12, 256L)>]
[<InlineData(1e6, 5e6, 4L)>]
[<InlineData(1e6, 1.0, 1L)>]
let ``An evaluation draws as many samples at once as fit, a power of two of them``
    (each: float, bytes: float, rows: int64)
    =
    Assert.Equal(rows, EvaluationMemory.Rows(each, bytes))

[<Fact>]
let ``Measuring what a sample costs leaves a model with batch norm as it was, and counts what it must`` () =
    let config =
        Vae.Experiments.Config.ConfigFile.Load("configs/smoke.toml", ResizeArray [ "model.encoder.norm=batch" ])

    let data =
        Vae.Experiments.Data.Datasets.Load(
            config.Data,
            Vae.Experiments.Data.DataFolders.FromEnvironment(),
            null,
            Threading.CancellationToken.None
        )

    use split =
        new DeviceSplit(data.Test, data.Dimensions, data.Binarisation, torch.CPU)

    use model = ModelFactory.Build(config.Model, data.Shape, torch.CPU, 0u)

    let state () =
        [
            for item in model.state_dict () |> Seq.sortBy _.Key ->
                item.Key, item.Value.``double``().data<float>().ToArray()
        ]

    let before = state ()
    let memory = EvaluationMemory.For(model, split, Streams 0u, 1.0)
    Assert.Equal<(string * float[]) list>(before, state ())
    Assert.True model.training
    Assert.Equal(2048L, memory.RowsAtOnce)
    // at least x, the logits and the likelihood's terms, of 784 numbers; and far less than the weights
    Assert.InRange(memory.BytesEach, 4.0 * 784.0, 4.0 * 784.0 * 40.0)
