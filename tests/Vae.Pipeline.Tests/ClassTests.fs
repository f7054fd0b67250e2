/// Models that condition, find classes or draw sequences, run as a user runs them, on the glyphs that the program draws itself.
module Vae.Tests.ClassTests

open System
open System.IO
open System.Text
open Xunit

let private place = Place()

let private config (model: string) =
    place.Write
        $"{Guid.NewGuid():N}.toml"
        $"""name = "a"
[data]
kind = "glyphs"
train_size = 64
valid_size = 16
test_size = 40
batch_size = 16
labelled = 20
[model]
latent = 2
{model}
[train]
steps = 6
[[evaluate]]
kind = "importance"
samples = 4
"""

let private trained model =
    let ended = place.Run(config model)
    Assert.True((ended.Code = 0), ended.Error)
    place.RunsIn "runs" |> List.last

let private picture run name =
    let path = Path.Combine(run, "figures", $"{name}.png")
    Assert.True(File.Exists path, path)
    File.ReadAllBytes path

let private refused (phrase: string) (ended: Ended) =
    Assert.Equal(2, ended.Code)
    Assert.Contains(phrase, ended.Error)
    Assert.DoesNotMatch(@"(?m)^\s+at \S+\(", ended.Error)

[<Fact>]
let ``a conditional model draws the class that is asked for`` () =
    let run =
        (config "kind = \"cvae\"\nclasses = 10\nencoder.hidden = [8]\ndecoder.hidden = [8]\nprior.kind = \"class\"",
         "~data.labelled")
        |> fun (file, change) ->
            let ended = place.Run(file, change)
            Assert.True((ended.Code = 0), ended.Error)
            place.RunsIn "runs" |> List.last

    picture run "conditional_samples" |> ignore
    place.Succeed("sample", run, "label=7", "n=4", "out=seven.png") |> ignore
    place.Succeed("sample", run, "label=2", "n=4", "out=two.png") |> ignore
    Assert.NotEqual<byte[]>(File.ReadAllBytes(place.Path "seven.png"), File.ReadAllBytes(place.Path "two.png"))

    place.Run("sample", run, "label=10")
    |> refused "label=10: this model has classes 0 to 9"

    place.Succeed("traverse", run, "out=t.png") |> ignore
    place.Run("reconstruct", run, "seen=3") |> refused "only a model of sequences"

[<Fact>]
let ``classes that are summed out are scored, drawn and stored`` () =
    for model in
        [
            "kind = \"gmvae\"\nclasses = 5\nencoder.hidden = [8]\ndecoder.hidden = [8]"
            "kind = \"cvae\"\nclassifier = { kind = \"mlp\", hidden = [8] }\nencoder.hidden = [8]\ndecoder.hidden = [8]"
        ] do
        let run = trained model
        picture run "clusters" |> ignore
        picture run "conditional_samples" |> ignore
        let classes = if model.Contains "gmvae" then 5L else 10L

        let row =
            (Stored.ask
                run
                "SELECT count(*), count(DISTINCT index), min(total), max(total) FROM (SELECT *, sum(probability) OVER (PARTITION BY index) AS total FROM [class_posteriors])")
                .Head

        Assert.Equal(40L * classes, unbox<int64> row[0])
        Assert.Equal(40L, unbox<int64> row[1])
        Assert.Equal(1.0, unbox<float> row[2], 1e-5)
        Assert.Equal(1.0, unbox<float> row[3], 1e-5)
        // The accuracy of the summary is that of the stored posteriors, were each cluster free to take its commonest label: at least that of a matching.
        let accuracy =
            unbox<float> (Stored.ask run "SELECT clustering_accuracy FROM [summary]").Head.Head

        let free =
            "SELECT sum(best) / 40.0 FROM (SELECT max(n) AS best FROM (SELECT class, label, count(*) AS n FROM (SELECT index, label, arg_max(class, probability) AS class FROM [class_posteriors] GROUP BY index, label) GROUP BY class, label) GROUP BY class)"

        Assert.InRange(accuracy, 1.0 / 40.0, Convert.ToDouble((Stored.ask run free).Head.Head) + 1e-9)

[<Fact>]
let ``a recurrent model grows pictures row by row, and completes half of one`` () =
    let run =
        trained "kind = \"vrnn\"\nhidden = 8\nencoder.hidden = [8]\ndecoder.hidden = [8]\ntransition.hidden = [8]"

    let animated = Encoding.Latin1.GetString(picture run "sequence_evolution")
    Assert.Contains("acTL", animated)
    Assert.Equal(28, animated.Split("fcTL").Length - 1)
    picture run "completions" |> ignore
    place.Succeed("reconstruct", run, "seen=14", "n=3", "out=c.png") |> ignore

    place.Run("reconstruct", run, "seen=29")
    |> refused "these sequences have 28 steps"

    place.Run("sample", run, "label=1") |> refused "this model has no classes"
