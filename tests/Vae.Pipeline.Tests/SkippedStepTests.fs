/// A step whose loss isn't finite changes nothing: neither parameters nor what batch norm remembers.
module Vae.Tests.SkippedStepTests

open System
open System.IO
open System.Text
open Xunit

/// 64 examples of 4 numbers as NumPy stores them, the one of this number so large that its square is infinite.
let private examples (wild: int option) =
    let header =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (64, 4), }".PadRight(117)
        + "\n"

    let numbers =
        [|
            for i in 0..63 do
                for j in 0..3 do
                    if wild = Some i then
                        3e38f
                    else
                        float32 (sin (float (7 * i + j)))
        |]

    Array.concat
        [
            [| 0x93uy |]
            Encoding.ASCII.GetBytes "NUMPY"
            [| 1uy; 0uy; 118uy; 0uy |]
            Encoding.ASCII.GetBytes header
            numbers |> Array.collect BitConverter.GetBytes
        ]

[<Fact>]
let ``Batch norm forgets a batch whose step was skipped`` () =
    let place = Place()
    File.WriteAllBytes(place.Path "train.npy", examples (Some 40))
    File.WriteAllBytes(place.Path "test.npy", examples None)

    let config =
        """name = "wild"
[data]
kind = "files"
train = "train.npy"
test = "test.npy"
batch_size = 16
[model]
latent = 2
encoder = { hidden = [8], norm = "batch" }
decoder = { hidden = [8], norm = "batch" }
likelihood = { kind = "unit-gaussian" }
[train]
epochs = 3
[[evaluate]]
kind = "elbo"
[figures]
latent = 0
"""

    let run = place.Train(place.Write "wild.toml" config)
    // One batch of four in each epoch has the wild example.
    Stored.equal (
        [ [ 12L; 3L; true ] ],
        Stored.ask run "SELECT steps, skipped_steps, isfinite(test_elbo) FROM [summary]"
    )

[<Fact>]
let ``A run whose estimate is no number has diverged`` () =
    let place = Place()

    let ended =
        place.Run(
            "configs/smoke.toml",
            "optimizer={ kind = \"sgd\", lr = 1e9 }",
            "model.likelihood.kind=unit-gaussian",
            "--runs",
            "runs"
        )

    Assert.Equal(4, ended.Code)
    Assert.Contains("training diverged", ended.Error)
    let run = List.exactlyOne (place.RunsIn "runs")
    Assert.Equal("failed", Stored.state run)
    let evaluated = place.Run("evaluate", run, "kind=elbo")
    Assert.Equal(4, evaluated.Code)
    Assert.Contains("diverged", evaluated.Error)

[<Fact>]
let ``Nothing where a path belongs is a mistake of the command line`` () =
    let place = Place()

    for words in
        [
            [| "evaluate"; ""; "kind=elbo" |]
            [| "sample"; "" |]
            [|
                "configs/smoke.toml"
                "data={ kind = \"files\", train = \"\", test = \"x\" }"
            |]
        ] do
        let ended = place.Run words
        Assert.Equal(2, ended.Code)
        Assert.DoesNotContain("   at ", ended.Error)
