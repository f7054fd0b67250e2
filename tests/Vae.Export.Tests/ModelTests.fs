/// Every model that can be declared leaves as files that ONNX Runtime computes as the trainer does: the proof is part of each export.
module Vae.Tests.ModelTests

open System
open System.IO
open System.Text.RegularExpressions
open Vae.Core.Models
open Vae.Experiments.Config
open Vae.Experiments.Data
open Vae.Export
open Vae.Primitives
open Xunit

/// The config's model with layers no wider than 64, and eight channels where it leaves them at the many that are usual.
let private narrow (text: string) =
    let text =
        if Regex.IsMatch(text, @"^\s*channels\s*=", RegexOptions.Multiline) then
            text
        else
            Regex.Replace(text, @"^(kind = ""(snf|resnet)"".*)$", "$1\nchannels = 8", RegexOptions.Multiline)

    Regex.Replace(
        text,
        @"^\s*(hidden|context)\s*=.*$",
        (fun (line: Match) -> Regex.Replace(line.Value, @"\b\d{3,}\b", "64")),
        RegexOptions.Multiline
    )
    |> fun text ->
        Regex.Replace(
            text,
            @"^\s*channels\s*=.*$",
            (fun (line: Match) -> Regex.Replace(line.Value, @"\b\d{2,}\b", "8")),
            RegexOptions.Multiline
        )

/// The folder's configs, each model once.
let private configs =
    lazy
        ([
            for path in
                Directory.GetFiles(Path.Combine(Outside.root, "configs"), "*.toml")
                |> Array.sort do
                let config = ConfigFile.Parse(narrow (File.ReadAllText path), path, [||])
                Path.GetFileNameWithoutExtension path, config
         ]
         |> List.distinctBy (fun (_, config) -> config.Model, List.ofSeq (DataShapes.Of config.Data)))

/// The rest of what a config can declare, in pictures of 784 dimensions.
let private others =
    let mlp rest =
        "latent = 4\nencoder.hidden = [12]\ndecoder.hidden = [12]\n" + rest

    let flow flow =
        mlp $"posterior.flows = [{{ {flow} }}, {{ kind = \"iaf\", layers = 1, hidden = [8] }}]"

    let network kind rest =
        $"latent = 3\nencoder.kind = \"{kind}\"\ndecoder.kind = \"{kind}\"\n{rest}"

    [
        for kind in [ "coupling"; "maf"; "naf"; "spline" ] do
            kind, flow $"kind = \"{kind}\", layers = 2, hidden = [8]"
        for kind in [ "planar"; "radial" ] do
            kind, flow $"kind = \"{kind}\", layers = 2"
        // Fewer columns than dimensions: of square matrices some are all but singular, and single precision makes an orthogonal one of those no better than that.
        for basis in [ "orthogonal"; "householder"; "triangular" ] do
            $"sylvester {basis}",
            flow (
                $"kind = \"sylvester\", layers = 2, basis = \"{basis}\""
                + (if basis = "orthogonal" then ", columns = 2" else "")
            )
        "prior of autoregressive flows",
        mlp "prior.kind = \"flow\"\nprior.flows = [{ kind = \"maf\", layers = 2, hidden = [8] }]"
        "prior of splines", mlp "prior.kind = \"flow\"\nprior.flows = [{ kind = \"spline\", layers = 2, hidden = [8] }]"
        "mixture", mlp "prior.kind = \"mixture\""
        "pseudo-inputs", network "conv" "prior.kind = \"vamp\"\nprior.components = 5"
        for likelihood in [ "continuous-bernoulli"; "discretised-logistic"; "gaussian"; "unit-gaussian" ] do
            likelihood, mlp $"likelihood.kind = \"{likelihood}\""
        for norm in [ "batch"; "layer"; "weight" ] do
            let norms = $"encoder.norm = \"{norm}\"\ndecoder.norm = \"{norm}\""

            for kind in [ "mlp"; "nonconv"; "conv" ] do
                $"{kind}, {norm}", network kind norms

            for kind in [ "snf"; "resnet" ] do
                $"{kind}, {norm}", network kind (norms + "\nencoder.channels = 4\ndecoder.channels = 4")
        "given its label", mlp "kind = \"cvae\"\nprior.kind = \"class\""
        "given its label, planes", network "conv" "kind = \"cvae\"\nprior.kind = \"class\"\nprior.form = \"free\""
        "some labels", mlp "kind = \"cvae\"\nclassifier.kind = \"mlp\"\nclassifier.hidden = [8]\nprior.kind = \"class\""
        "clusters", network "conv" "kind = \"gmvae\"\nclasses = 3\nclassifier.hidden = [8]"
        "recurrent", "kind = \"vrnn\"\nhidden = 5\nlatent = 2\nlayers = 2"
    ]

let private name (words: string) = Regex.Replace(words, "[^a-z0-9]+", "_")

/// Every export of this file's tests, made once; all that fail are named.
let private exported =
    lazy
        (let failures = Collections.Generic.List<string>()

         let folders =
             [
                 for config, declared in configs.Value do
                     use model = Exported.modelOf declared
                     yield! Exported.export (name config) (ExportOptions(RandomInputs = 100)) model |> fst
                 for words, text in others do
                     // Grey values for the likelihood of grey values.
                     let data =
                         if text.Contains "discretised" then
                             "mnist\"\nbinarise = \"grey"
                         else
                             "glyphs"

                     try
                         use model = Exported.ofText data text
                         yield! Exported.export (name words) (ExportOptions(RandomInputs = 100)) model |> fst
                     with e ->
                         failures.Add $"{words}: {e.Message}"
             ]

         if failures.Count > 0 then
             failwith (String.Join('\n', failures))

         folders)

let private cards =
    lazy
        [
            for folder in exported.Value -> ModelCard.Parse(File.ReadAllText(Path.Combine(folder, "card.json")))
        ]

let private part model part =
    cards.Value |> List.find (fun card -> card.Name = model && card.Part = part)

[<Fact>]
let ``Every config and every kind of part of a model is exported, with differences below a ten-thousandth`` () =
    for card in cards.Value do
        for output in card.Parity.Outputs do
            Assert.InRange(output.Relative, 0.0, 1e-4)

    let parts =
        cards.Value
        |> List.groupBy _.Name
        |> List.map (fun (name, cards) -> name, cards |> List.map _.Part)

    Assert.Equal(configs.Value.Length + others.Length, parts.Length)

    for name, found in parts do
        let all =
            [ "encoder"; "posterior"; "prior"; "decoder"; "reconstruct"; "log_weight" ]

        Assert.True((List.except found all).IsEmpty, $"{name} has only %A{found}")

[<OnnxFact>]
let ``The ONNX checker accepts every file`` () =
    OnnxChecker.accept [ for folder in exported.Value -> Path.Combine(folder, "model.onnx") ]

[<Fact>]
let ``A label goes in where it's heard, and nowhere else`` () =
    let inputs model name =
        (part model name).Inputs |> Seq.map _.Name |> Seq.toList

    Assert.Equal<string list>([ "x"; "label" ], inputs "given_its_label" "encoder")
    Assert.Equal<string list>([ "eps"; "label" ], inputs "given_its_label" "prior")
    Assert.Equal<string list>([ "x"; "eps"; "label" ], inputs "given_its_label" "log_weight")
    Assert.Equal<string list>([ "z"; "label" ], inputs "some_labels" "decoder")
    Assert.Equal<string list>([ "x"; "eps" ], inputs "some_labels" "log_weight")
    Assert.Equal<string list>([ "z" ], inputs "clusters" "decoder")
    Assert.Equal<string list>([ "x"; "label" ], inputs "clusters" "encoder")
    Assert.Equal<string list>([ "x" ], inputs "clusters" "classifier")

[<Fact>]
let ``What comes out has the shapes that the card says`` () =
    let outputs model name =
        [
            for output in (part model name).Outputs -> output.Name, List.ofSeq output.Shape
        ]

    Assert.Equal<(string * int64 list) list>(
        [ "mean", [ -1L; 4L ]; "scale", [ -1L; 4L ]; "context", [ -1L; 4L ] ],
        outputs "planar" "encoder"
    )

    Assert.Equal<(string * int64 list) list>(
        [ "parameters", [ -1L; 1568L ]; "mean", [ -1L; 784L ] ],
        outputs "gaussian" "decoder"
    )

    Assert.Equal<(string * int64 list) list>([ "z", [ -1L; 4L ]; "log_q", [ -1L ] ], outputs "mixture" "posterior")
    Assert.Equal<(string * int64 list) list>([ "mean", [ -1L; 784L ] ], outputs "some_labels" "reconstruct")
    Assert.Equal<(string * int64 list) list>([ "class_probabilities", [ -1L; 3L ] ], outputs "clusters" "classifier")
