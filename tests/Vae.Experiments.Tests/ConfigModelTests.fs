/// The kinds of models in TOML: read, refused, built, described.
module Vae.Tests.ConfigModelTests

open System
open TorchSharp
open Vae.Core.Graphs
open Vae.Core.Models
open Vae.Experiments
open Vae.Experiments.Config
open Vae.Experiments.Data
open Vae.Experiments.Training
open Xunit

let private glyphs = "kind = \"glyphs\""
let private binarized = "kind = \"binarized-mnist\""
let private real = "kind = \"factor-analysis\""

let private text (data: string) (model: string) (rest: string) =
    $"name = \"a\"\n[data]\n{data}\n[model]\n{model}\nlatent = 2\n[train]\nsteps = 3\n{rest}"

let private parse text = ConfigFile.Parse(text, "a.toml", [||])

let private refusal text =
    let error = Assert.Throws<ExperimentException>(fun () -> parse text |> ignore)
    Assert.Equal(ExitCode.Usage, error.Code)
    error.Message

/// A sound model of each kind and its data.
let private sound =
    [
        "vae", glyphs, "kind = \"vae\""
        "cvae", glyphs, "kind = \"cvae\"\nprior.kind = \"class\""
        "cvae", glyphs, "kind = \"cvae\"\nclassifier.kind = \"mlp\"\nprior.kind = \"normal\""
        "cvae",
        glyphs,
        "kind = \"cvae\"\nencoder.kind = \"conv\"\ndecoder.kind = \"conv\"\nprior.kind = \"class\"\nprior.form = \"free\""
        "gmvae", glyphs, "kind = \"gmvae\"\nclasses = 7"
        "gmvae", glyphs, "kind = \"gmvae\"\nsupervision = 0.1\nclassifier.kind = \"conv\"\nencoder.kind = \"snf\""
        "factor-analysis", real, "kind = \"factor-analysis\""
        "vrnn", glyphs, "kind = \"vrnn\"\nhidden = 5"
    ]

[<Fact>]
let ``every kind is read back, built here and on meta, and gives finite weights`` () =
    for kind, data, model in sound do
        use _ = torch.NewDisposeScope()
        let config = parse (text data model "")
        Assert.Equal(kind, Schema.KindOf(config.Model.GetType()))
        Assert.Equal(config, parse (config.ToToml()))
        let shape = DataShapes.Of config.Data
        use built = ModelFactory.Build(config.Model, shape, torch.CPU, 1u)
        use empty = ModelFactory.Build(config.Model, shape, torch.META, 1u)
        let size (m: LatentVariableModel) = m.parameters () |> Seq.sumBy _.numel()
        Assert.Equal(size built, size empty)

        let label =
            if built.LabelUse = LabelUse.None then
                null
            else
                torch.ones([| built.Classes |]).diag().narrow(0L, 0L, 3L)

        let x =
            Observed<torch.Tensor>(torch.zeros [| 3L; built.Dimensions |], Label = label)

        let terms = built.Terms(TensorGraph(), x, torch.zeros [| 2L; 3L; built.NoiseSize |])
        let logW = terms.LogWeights(TensorGraph())
        Assert.Equal<int64[]>([| 2L; 3L |], logW.shape)
        Assert.True(logW.isfinite().all().item<bool>(), model)

    Assert.Equal<Set<string>>(set (Schema.Kinds(typeof<ModelConfig>).Keys), set [ for kind, _, _ in sound -> kind ])

[<Fact>]
let ``a model without a kind is a vae, and its hash is what it was before there were kinds`` () =
    let without = parse (text glyphs "encoder.hidden = [4]" "")
    let named = parse (text glyphs "kind = \"vae\"\nencoder.hidden = [4]" "")
    Assert.Equal(without, named)
    Assert.Equal(ConfigHash.Of without, ConfigHash.Of named)
    // The runs in docs/results that were made before.
    Assert.Equal("03e26c9137f9", ConfigHash.Of(ConfigFile.Load("configs/mean_field.toml", [||])))

[<Fact>]
let ``what makes no sense is refused at its place with the reason`` () =
    let says (line: int) (why: string) written =
        let message = refusal written
        Assert.StartsWith($"a.toml:{line}:", message)
        Assert.Contains(why, message)

    says
        5
        "this model learns from labels, and data \"binarized-mnist\" has none here"
        (text binarized "kind = \"cvae\"" "")

    says 6 "has labels up to 9, and model.classes = 5 takes 0 to 4" (text glyphs "kind = \"cvae\"\nclasses = 5" "")
    says 4 "takes labels away" (text (glyphs + "\nlabelled = 10") "kind = \"cvae\"" "")
    says 6 "this model has no classes" (text glyphs "kind = \"vae\"\nprior.kind = \"class\"" "")

    says
        6
        "nothing in p(y) p(z) p(x|z) depends on the class"
        (text glyphs "kind = \"gmvae\"\nprior.kind = \"normal\"" "")

    says
        6
        "asks the encoder without a label"
        (text glyphs "kind = \"cvae\"\nprior.kind = \"vamp\"" "[objective]\nkl = \"monte-carlo\"")

    says
        6
        "flows in the posterior are for kind = \"vae\""
        (text glyphs "kind = \"gmvae\"\nposterior.flows = [{ kind = \"planar\" }]" "[objective]\nkl = \"monte-carlo\"")

    says
        6
        "the prior is \"class\""
        (text
            glyphs
            "kind = \"cvae\"\nprior.kind = \"mixture\"\nclassifier.kind = \"mlp\""
            "[objective]\nkl = \"monte-carlo\"")

    says 6 "there is no [model.classifier]" (text glyphs "kind = \"cvae\"\nsupervision = 2.0" "")

    says
        6
        "has no network"
        (text glyphs "kind = \"cvae\"\nprior = { kind = \"class\", form = \"free\", hidden = [3] }" "")

    says 5 "has pixels" (text glyphs "kind = \"factor-analysis\"" "")
    says 5 "is for sequences" (text real "kind = \"vrnn\"\nlikelihood.kind = \"unit-gaussian\"" "")
    says 6 "are of vectors" (text glyphs "kind = \"vrnn\"\nencoder.kind = \"conv\"" "")
    says 6 "asked at every step" (text glyphs "kind = \"vrnn\"\ndecoder.norm = \"batch\"" "")

    for kind, _, model in
        sound
        |> List.filter (fun (kind, _, model) -> kind <> "vae" && not (model.Contains "class\"")) do
        let data = if kind = "factor-analysis" then real else glyphs
        Assert.Contains("\"dreg\"", refusal (text data model "[objective]\nkind = \"dreg\"\nsamples = 2"))

[<Fact>]
let ``phases come in turn, and again after the last`` () =
    let config =
        parse (
            text
                glyphs
                ""
                "[[train.phases]]\npart = \"posterior\"\nsteps = 2\n[[train.phases]]\npart = \"model\"\nsteps = 3"
        )

    let schedules = Schedules(config, 784L, Course(10L, 100L))

    Assert.Equal<PhasePartName list>(
        [
            PhasePartName.Posterior
            PhasePartName.Posterior
            PhasePartName.Model
            PhasePartName.Model
            PhasePartName.Model
            PhasePartName.Posterior
        ],
        [ for step in 0L .. 5L -> schedules.Part step ]
    )

    let none = Schedules(parse (text glyphs "" ""), 784L, Course(10L, 100L))
    Assert.Equal(PhasePartName.Both, none.Part 7L)
