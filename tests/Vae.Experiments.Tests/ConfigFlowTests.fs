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
    ((config.Model :?> VaeConfig).Posterior :?> NormalPosteriorConfig).Flows
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
        "a.toml:8:1: unknown key 'hiden' in [[model.posterior.flows]] (kind \"iaf\"). Did you mean 'hidden'? Known keys: kind, layers, hidden, activation, masks, order, context_in, norm, gate_bias, shift.",
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

let private table kind latent (keys: string) =
    $"""name = "a"
[data]
kind = "glyphs"
[model]
latent = {latent}
[[model.posterior.flows]]
kind = "{kind}"
{keys}
[train]
steps = 3
{monteCarlo}"""

let private build device latent kind keys =
    let config = parse (table kind latent keys)
    Assert.Equal(config, parse (config.ToToml()))

    let flows =
        FlowFactory.Build(
            ((config.Model :?> VaeConfig).Posterior :?> NormalPosteriorConfig).Flows,
            latent,
            3L,
            device,
            1u,
            "flows"
        )

    flows |> Array.map (fun flow -> flow.GetName()) |> List.ofArray,
    flows |> Array.sumBy (fun flow -> flow.parameters () |> Seq.sumBy _.numel())

/// Parameters by hand, for 4 dimensions, 3 numbers of context and hidden layers of 8.
[<Fact>]
let ``every kind of flow is built from its table, with the parts and the parameters that it says`` () =
    let mlp inputs outputs =
        inputs * 8L + 8L + 8L * outputs + outputs

    let made numbers = mlp 4L (numbers * 4L) + 3L * 8L
    let twice part = [ part; part ]

    for kind, keys, parts, parameters in
        [
            "iaf", "hidden = [8]", [ "InverseAutoregressiveFlow"; "Reversal" ], made 2L + 4L
            "iaf", "hidden = [8]\norder = \"alternate\"", [ "InverseAutoregressiveFlow" ], made 2L + 4L
            "iaf", "hidden = [8]\nshift = true", [ "AutoregressiveShift"; "Reversal" ], made 1L
            // No biases, but a scale and a shift for each unit; the gate's bias among them.
            "iaf", "hidden = [8]\nnorm = \"batch\"", [ "InverseAutoregressiveFlow"; "Reversal" ], made 2L + 16L
            // The context isn't as wide as the layer, so it still takes a matrix.
            "iaf",
            "hidden = [8]\ncontext_in = \"added\"\nmasks = \"block\"",
            [ "InverseAutoregressiveFlow"; "Reversal" ],
            made 2L + 4L
            "maf", "hidden = [8]", [ "AutoregressiveFlow"; "Reversal" ], made 2L
            "naf", "hidden = [8]\ncomponents = 5", [ "AutoregressiveFlow"; "Reversal" ], made 15L
            "coupling", "hidden = [8]", [ "Coupling" ], mlp 5L 4L
            "spline", "hidden = [8]\nbins = 4", [ "Coupling" ], mlp 5L 22L
            "planar", "", [ "PlanarFlow" ], 4L * 9L
            "radial", "", [ "RadialFlow" ], 4L * 6L
            // R and R̃ share a square and have a diagonal more, b, and Q.
            "sylvester", "columns = 2", [ "SylvesterFlow" ], 4L * (4L + 2L + 2L + 8L)
            "sylvester", "", [ "SylvesterFlow" ], 4L * (16L + 4L + 4L + 16L)
            "sylvester", "basis = \"householder\"\nreflections = 3", [ "SylvesterFlow" ], 4L * (16L + 4L + 4L + 12L)
            "sylvester", "basis = \"triangular\"", [ "SylvesterFlow" ], 4L * (16L + 4L + 4L)
        ] do
        let names, count = build torch.META 4 kind keys
        Assert.Equal<string list>(parts @ parts, names)
        Assert.Equal((kind, keys, 2L * parameters), (kind, keys, count))

[<Fact>]
let ``what cannot fit so many latent dimensions is refused at its key`` () =
    let refused kind latent keys = refusal (table kind latent keys)

    Assert.Equal(
        "a.toml:8:1: block masks need hidden widths that are multiples or divisors of latent = 4, found 10",
        refused "iaf" 4 "hidden = [8, 10]\nmasks = \"block\""
    )

    Assert.Equal(
        "a.toml:8:1: block masks need 2 latent dimensions at least, but latent = 1",
        refused "iaf" 1 "masks = \"block\""
    )

    Assert.Equal(
        "a.toml:8:1: must be at most latent = 4, found 5: no more columns can be orthonormal",
        refused "sylvester" 4 "columns = 5"
    )

    Assert.Equal(
        "a.toml:9:1: is for basis = \"orthogonal\"; with any other, Q has latent = 4 columns, found 2",
        refused "sylvester" 4 "basis = \"triangular\"\ncolumns = 2"
    )

    for kind in [ "coupling"; "spline" ] do
        Assert.Equal("a.toml:7:1: coupling flows need 2 latent dimensions at least, but latent = 1", refused kind 1 "")

[<Fact>]
let ``what a flow says of its inverse in TOML is what it has`` () =
    for kind in [ "iaf"; "maf"; "naf"; "coupling"; "spline"; "planar"; "radial"; "sylvester" ] do
        let config = parse (table kind 4 "")
        let flows = ((config.Model :?> VaeConfig).Posterior :?> NormalPosteriorConfig).Flows
        let built = FlowFactory.Build(flows, 4L, 0L, torch.META, 0u, "flows")
        Assert.Equal((kind, flows[0].HasInverse), (kind, built |> Array.forall _.HasInverse))

[<Fact>]
let ``the deep VAE's eight layers have 32,503,808 parameters`` () =
    let keys =
        """layers = 8
hidden = [1920, 1920]
activation = "elu"
masks = "block"
order = "alternate"
context_in = "added"
norm = "batch"
gate_bias = 3.0"""

    let config = parse (table "iaf" 64 keys)

    let flows =
        FlowFactory.Build(
            ((config.Model :?> VaeConfig).Posterior :?> NormalPosteriorConfig).Flows,
            64L,
            1920L,
            torch.META,
            0u,
            "flows"
        )

    Assert.Equal(8, flows.Length)
    Assert.Equal(32503808L, flows |> Seq.sumBy (fun flow -> flow.parameters () |> Seq.sumBy _.numel()))
