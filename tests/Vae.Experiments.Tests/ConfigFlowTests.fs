/// Flows of the posterior in TOML: read, refused, built.
module Vae.Tests.ConfigFlowTests

open System.IO
open TorchSharp
open Vae.Experiments
open Vae.Experiments.Config
open Vae.Experiments.Training
open Xunit

let private text (objective: string) (flow: string) =
    $"""name = "a"
[data]
kind = "glyphs"
[model]
latent = 4
[[model.posterior.flows]]
kind = "iaf"
{flow}
[train]
steps = 3
{objective}"""

let private parse text = ConfigFile.Parse(text, "a.toml", [||])

let private refusal text =
    let error = Assert.Throws<ExperimentException>(fun () -> parse text |> ignore)

    Assert.Equal(ExitCode.Usage, error.Code)
    error.Message

let private monteCarlo = "[objective]\nkl = \"monte-carlo\""

let private flows (config: ExperimentConfig) =
    (config.Model.Posterior :?> NormalPosteriorConfig).Flows
    |> Seq.cast<IafConfig>
    |> List.ofSeq

[<Fact>]
let ``an iaf has defaults, and what is resolved reads back`` () =
    let config = parse (text monteCarlo "")
    let flow = List.exactlyOne (flows config)
    Assert.Equal(2, flow.Layers)
    Assert.Equal<int list>([ 256; 256 ], List.ofSeq flow.Hidden)
    Assert.Equal(2.0, flow.GateBias)
    Assert.Equal(config, parse (config.ToToml()))

[<Fact>]
let ``a closed-form KL is refused after flows, at the key that asks for it`` () =
    let sentence =
        "kl = \"closed-form\", the default, is for a posterior whose KL to the prior has a formula; after [[model.posterior.flows]] it has none: use kl = \"monte-carlo\" in [objective]"

    Assert.Equal($"a.toml:12:1: {sentence}", refusal (text "[objective]\nkl = \"closed-form\"" ""))
    Assert.Equal($"a.toml:11:2: {sentence}", refusal (text "[objective]\nsamples = 2" ""))
    Assert.Equal($"a.toml:1:1: {sentence}", refusal (text "" ""))

[<Fact>]
let ``iwae needs no KL, so flows go with it`` () =
    Assert.Equal(2, (parse (text "[objective]\nkind = \"iwae\"" "") |> flows |> List.exactlyOne).Layers)

[<Fact>]
let ``errors in a flow have their place`` () =
    Assert.Equal(
        "a.toml:8:1: unknown key 'hiden' in [[model.posterior.flows]] (kind \"iaf\"). Did you mean 'hidden'? Known keys: kind, layers, hidden, gate_bias.",
        refusal (text monteCarlo "hiden = [3]")
    )

    Assert.Equal(
        "a.toml:8:10: model.posterior.flows.0.layers: must be at least 1, found 0",
        refusal (text monteCarlo "layers = 0")
    )

[<Fact>]
let ``configs/iaf.toml is the tutorial's model of 1,060,752 parameters`` () =
    let config =
        ConfigFile.Load(Path.Combine(Outside.root, "configs", "iaf.toml"), [||])

    use model = ModelFactory.Build(config.Model, [| 1; 28; 28 |], torch.META, 0u)
    Assert.Equal(1060752L, model.parameters () |> Seq.sumBy _.numel())

[<Fact>]
let ``the first parameters and masks follow from the seed, and the gates begin at gate_bias`` () =
    let config = parse (text monteCarlo "hidden = [8]\ngate_bias = 1.5")

    let state seed =
        use model = ModelFactory.Build(config.Model, [| 6 |], torch.CPU, seed)

        [
            for entry in model.state_dict () -> entry.Key, entry.Value.data<float32>().ToArray()
        ]

    Assert.Equal<(string * float32[]) list>(state 1u, state 1u)
    let first, second = Map.ofList (state 1u), Map.ofList (state 2u)

    for name in [ "flows.0.made.layers.0.mask"; "flows.0.made.layers.0.weight" ] do
        Assert.NotEqual<float32[]>(first[name], second[name])

    Assert.NotEqual<float32[]>(first["flows.0.made.layers.0.mask"], first["flows.2.made.layers.0.mask"])

    for name in [ "flows.0.bias"; "flows.2.bias" ] do
        Assert.Equal<float32[]>(Array.create 4 1.5f, first[name])
