/// Hydra's override grammar on our configs.
module Vae.Tests.ConfigOverrideTests

open Vae.Experiments
open Vae.Experiments.Config
open Xunit

let private text =
    """name = "a"
[data]
kind = "mnist"
[model]
latent = 2
[optimizer]
kind = "rmsprop"
centered = true
[train]
steps = 3
[[evaluate]]
kind = "elbo"
[[evaluate]]
kind = "importance"
samples = 10
"""

let private load (overrides: string list) =
    ConfigFile.Parse(text, "a.toml", ResizeArray overrides)

let private refusal overrides =
    let error = Assert.Throws<ExperimentException>(fun () -> load overrides |> ignore)
    Assert.Equal(ExitCode.Usage, error.Code)
    error.Message

let private samples (config: EvaluateConfig) =
    match config with
    | :? ElboEvaluateConfig as elbo -> elbo.Samples
    | :? ImportanceEvaluateConfig as importance -> importance.Samples
    | other -> failwith $"{other}"

[<Fact>]
let ``sets a key of the file, and one that only had its default`` () =
    Assert.Equal(5, load([ "model.latent=5" ]).Model.Latent)
    Assert.Equal(7, load([ "seed=7" ]).Seed)
    Assert.Equal(ScheduleConfig.FromDouble 0.5, load([ "optimizer.lr=0.5" ]).Optimizer.Lr)
    Assert.Equal(9, load([ "figures.samples=9" ]).Figures.Samples)
    Assert.Equal(4, load([ "train.early_stopping.patience=4" ]).Train.EarlyStopping.Patience)

[<Fact>]
let ``later ones win`` () =
    Assert.Equal(6, load([ "model.latent=5"; "model.latent=6" ]).Model.Latent)

[<Fact>]
let ``a bare word is a string, quotes too`` () =
    for written in [ "name=b-1.x"; "name='b-1.x'"; "name=\"b-1.x\""; "name= b-1.x " ] do
        Assert.Equal("b-1.x", load([ written ]).Name)

    Assert.Equal("123", load([ "name='123'" ]).Name)
    Assert.Equal(BinariseName.Grey, (load([ "data.binarise=grey" ]).Data :?> MnistConfig).Binarise)
    Assert.Equal("cuda:1", load([ "device=cuda:1" ]).Device)

[<Fact>]
let ``numbers as people write them`` () =
    for written, number in
        [
            "1e-4", 1e-4
            "1E-4", 1e-4
            ".5", 0.5
            "1.", 1.0
            "+0.25", 0.25
            "3", 3.0
            "1_000.5", 1000.5
        ] do
        Assert.Equal(ScheduleConfig.FromDouble number, load([ $"optimizer.lr={written}" ]).Optimizer.Lr)

    Assert.Equal(1000, load([ "train.steps=1_000" ]).Train.Steps.Value)

[<Fact>]
let ``lists`` () =
    let hidden (written: string) =
        ((load([ $"model.encoder.hidden={written}" ]).Model :?> VaeConfig).Encoder :?> MlpConfig).Hidden
        |> List.ofSeq

    Assert.Equal<int list>([ 1; 2 ], hidden "[1,2]")
    Assert.Equal<int list>([ 1; 2 ], hidden " [ 1 , 2 ] ")
    Assert.Equal<int list>([ 1; 2 ], hidden "[1,2,]")
    Assert.Equal<int list>([], hidden "[]")

[<Fact>]
let ``a table inline, with = or with Hydra's colon`` () =
    for written in
        [
            "{kind=sgd,momentum=0.5}"
            "{kind: sgd, momentum: 0.5}"
            "{ 'kind' = \"sgd\" , momentum=.5 }"
        ] do
        let sgd = load([ $"optimizer={written}" ]).Optimizer :?> SgdConfig
        Assert.Equal(0.5, sgd.Momentum)

[<Fact>]
let ``an element of an array of tables by its index`` () =
    Assert.Equal<int list>([ 4; 10 ], load([ "evaluate.0.samples=4" ]).Evaluate |> Seq.map samples |> List.ofSeq)
    Assert.Equal<int list>([ 1; 4 ], load([ "evaluate.1.samples=4" ]).Evaluate |> Seq.map samples |> List.ofSeq)

    Assert.Equal<int list>(
        [ 1; 10; 7 ],
        load([ "+evaluate.2.kind=elbo"; "evaluate.2.samples=7" ]).Evaluate
        |> Seq.map samples
        |> List.ofSeq
    )

    Assert.Equal<int list>([ 10 ], load([ "~evaluate.0" ]).Evaluate |> Seq.map samples |> List.ofSeq)
    Assert.Equal<int list>([], load([ "~evaluate" ]).Evaluate |> Seq.map samples |> List.ofSeq)

    Assert.Equal<int list>(
        [ 3 ],
        load([ "evaluate=[{kind=elbo,samples=3}]" ]).Evaluate
        |> Seq.map samples
        |> List.ofSeq
    )

    Assert.Equal<int list>(
        [ 1 ],
        load([ "~evaluate"; "+evaluate.0.kind=elbo" ]).Evaluate
        |> Seq.map samples
        |> List.ofSeq
    )

[<Fact>]
let ``adds, adds or sets, deletes`` () =
    Assert.Equal(5, load([ "+data.batch_size=5" ]).Data.BatchSize)
    Assert.Equal(5, load([ "++model.latent=5" ]).Model.Latent)
    Assert.Equal(5, load([ "++data.batch_size=5" ]).Data.BatchSize)
    Assert.False((load([ "~optimizer.centered" ]).Optimizer :?> RmspropConfig).Centered)
    Assert.Equal(2, load([ "~train.steps"; "+train.epochs=2" ]).Train.Epochs.Value)

    Assert.Equal(
        "override '+model.latent=3': 'model.latent' is in the file already; model.latent=... changes it",
        refusal [ "+model.latent=3" ]
    )

    Assert.Equal(
        "override '~model.laten': 'model.laten' is not in the file, so it can't be deleted. Did you mean 'model.latent'?",
        refusal [ "~model.laten" ]
    )

[<Fact>]
let ``another kind takes its own defaults, and keys of the file that it hasn't are named`` () =
    let adamw = load([ "optimizer={kind=adamw}" ]).Optimizer :?> AdamwConfig
    Assert.Equal(0.01, adamw.WeightDecay)

    let adam =
        load([ "optimizer.kind=adam"; "~optimizer.centered" ]).Optimizer :?> AdamConfig

    Assert.Equal(0.9, adam.Beta1)

    Assert.Equal(
        "a.toml:8:1: unknown key 'centered' in [optimizer] (kind \"adam\"). An override changed the kind; ~optimizer.centered takes this key out. Known keys: kind, lr, clip_norm, beta1, beta2, eps, weight_decay.",
        refusal [ "optimizer.kind=adam" ]
    )

[<Fact>]
let ``an unknown key has the override as its place`` () =
    Assert.Equal(
        "override 'model.laten=3': unknown key 'laten' in [model] (kind \"vae\"). Did you mean 'latent'? Known keys: kind, latent, encoder, decoder, posterior, prior, likelihood.",
        refusal [ "model.laten=3" ]
    )

    Assert.StartsWith(
        "override '+model.x=3': unknown key 'x' in [model] (kind \"vae\"). Known keys: ",
        refusal [ "+model.x=3" ]
    )

[<Fact>]
let ``types must match`` () =
    Assert.Equal(
        "override 'model.latent=a': model.latent: expected an integer, found the string \"a\"",
        refusal [ "model.latent=a" ]
    )

    Assert.Equal(
        "override 'model.latent=\"3\"': model.latent: expected an integer, found the string \"3\"",
        refusal [ "model.latent=\"3\"" ]
    )

    Assert.Equal("override 'name=123': name: expected a string, found the number 123", refusal [ "name=123" ])
    Assert.Equal("override 'model.latent=0': model.latent: must be at least 1, found 0", refusal [ "model.latent=0" ])

    Assert.Equal(
        "override 'seed=99999999999999999999': 99999999999999999999 is too large for an integer",
        refusal [ "seed=99999999999999999999" ]
    )

[<Fact>]
let ``what is no override is refused with a sentence`` () =
    for written, sentence in
        [
            "foo", "expected key=value"
            "", "expected key=value"
            "=1", "expected a key like a.b before '='"
            "a..b=1", "expected a key like a.b before '='"
            "a b=1", "expected a key like a.b before '='"
            "~", "expected a key like a.b before '='"
            "~seed=1", "a deletion has no value: ~a.b"
            "name.x=1", "'name' is no table, so it has no key 'x'"
            "evaluate.x=1", "'evaluate' is an array of 2; expected an index, found 'x'"
            "evaluate.5.samples=1", "'evaluate' has no element 5: it has 2, counted from 0; +evaluate.2 adds one"
            "model.encoder.hidden=[1,2", "expected ',' or ']'"
            "model.encoder.hidden=[1]]", "unexpected ']' after the value"
            "optimizer={kind}", "expected key = value between '{' and '}'"
            "optimizer={kind=sgd,kind=adam}", "key 'kind' is there twice"
            "name='a", "the quote ' is not closed"
            "name=" + String.replicate 40 "[", "lists and tables are nested more than 32 deep"
        ] do
        Assert.Equal($"override '{written}': {sentence}", refusal [ written ])
