/// Likelihoods and priors in TOML: read, refused, warned of, built.
module Vae.Tests.ConfigDensityTests

open System
open System.IO
open TorchSharp
open Vae.Core.Graphs
open Vae.Experiments
open Vae.Experiments.Config
open Vae.Experiments.Training
open Xunit

let private text (data: string) (model: string) (objective: string) =
    $"""name = "a"
[data]
{data}
[model]
latent = 2
encoder.hidden = [4]
decoder.hidden = [4]
{model}
[train]
steps = 3
[objective]
{objective}"""

let private binary = "kind = \"glyphs\""
let private grey = "kind = \"glyphs\"\nbinarise = \"grey\""
let private real = "kind = \"linear-gaussian\""
let private monteCarlo = "kl = \"monte-carlo\""

let private likelihood kind =
    $"[model.likelihood]\nkind = \"{kind}\""

let private prior kind = $"[model.prior]\nkind = \"{kind}\""
let private parse text = ConfigFile.Parse(text, "a.toml", [||])

let private refusal text =
    let error = Assert.Throws<ExperimentException>(fun () -> parse text |> ignore)
    Assert.Equal(ExitCode.Usage, error.Code)
    error.Message

let private warnings text =
    List.ofSeq (ConfigFile.Warnings(parse text))

/// Every kind of a table, but for what is only for models with classes.
let private kinds (table: Type) =
    List.ofSeq (Schema.Kinds(table).Keys) |> List.except [ "class" ]

/// A table of each prior, with what it needs.
let private priorOf kind =
    if kind = "flow" then
        prior kind + "\n[[model.prior.flows]]\nkind = \"coupling\""
    else
        prior kind

let private build (config: ExperimentConfig) device =
    ModelFactory.Build(config.Model, [| 1; 2; 3 |], device, 1u)

[<Fact>]
let ``every likelihood has defaults, reads back, is built, and gives a finite density and mean`` () =
    for kind in kinds typeof<LikelihoodConfig> do
        use _ = torch.NewDisposeScope()
        let config = parse (text grey (likelihood kind) "")
        Assert.Equal(config, parse (config.ToToml()))
        use model = build config torch.CPU
        let graph = TensorGraph()
        let x = torch.full ([| 4L; 6L |], Scalar.op_Implicit (51.0 / 255.0))
        let terms = model.Terms(graph, x, torch.zeros [| 3L; 4L; 2L |])
        Assert.Equal<int64[]>([| 3L; 4L |], terms.LogLikelihood.shape)
        Assert.True(terms.LogLikelihood.isfinite().all().item<bool>(), kind)
        Assert.Equal<int64[]>([| 5L; 6L |], model.Decode(graph, torch.zeros [| 5L; 2L |]).shape)

[<Fact>]
let ``every prior has defaults, reads back, is built here and on meta, and draws a sample`` () =
    for kind in kinds typeof<PriorConfig> do
        use _ = torch.NewDisposeScope()
        let config = parse (text binary (priorOf kind) monteCarlo)
        Assert.Equal(config, parse (config.ToToml()))
        use model = build config torch.CPU
        let graph = TensorGraph()

        let z = model.SamplePrior(graph, torch.zeros [| 5L; model.PriorNoiseSize |])

        Assert.Equal<int64[]>([| 5L; 2L |], z.shape)
        let struct (_, logPrior) = model.LogJoint(graph, torch.zeros [| 5L; 6L |], z)
        Assert.True(logPrior.isfinite().all().item<bool>(), kind)
        use empty = build config torch.META

        Assert.Equal(model.parameters () |> Seq.sumBy _.numel(), empty.parameters () |> Seq.sumBy _.numel())

[<Fact>]
let ``a likelihood that data cannot have is refused with its place and what can`` () =
    for kind in [ "bernoulli"; "continuous-bernoulli"; "discretised-logistic" ] do
        Assert.Equal(
            $"a.toml:9:1: the likelihood \"{kind}\" needs values in [0, 1], but data \"linear-gaussian\" is real-valued; use kind = \"unit-gaussian\"",
            refusal (text real (likelihood kind) "")
        )

    Assert.Equal(
        "a.toml:9:1: the likelihood \"discretised-logistic\" is for the 256 grey values, but the data is 0 or 1; use kind = \"bernoulli\", or binarise = \"grey\" in [data] where it can be",
        refusal (text binary (likelihood "discretised-logistic") "")
    )

    Assert.Equal(
        "a.toml:10:1: the likelihood \"discretised-logistic\" is for the 256 grey values themselves, not for dequantised ones; use binarise = \"grey\" in [data]",
        refusal (text (grey.Replace("grey", "dequantise")) (likelihood "discretised-logistic") "")
    )

[<Fact>]
let ``labels that are not there cannot be kept`` () =
    for data in [ real; "kind = \"binarized-mnist\"" ] do
        let message =
            refusal (text (data + "\nlabelled = 10") (likelihood "unit-gaussian") "")

        Assert.Contains("data.labelled says how many training examples keep their label, but data \"", message)
        Assert.Contains("has no labels here", message)

    Assert.Equal(Nullable 10, (parse (text (binary + "\nlabelled = 10") (likelihood "bernoulli") "")).Data.Labelled)

[<Fact>]
let ``what fits data and likelihood gives no warning`` () =
    for data, kind in
        [
            binary, "bernoulli"
            grey, "continuous-bernoulli"
            grey, "gaussian"
            grey, "unit-gaussian"
            grey, "discretised-logistic"
            real, "gaussian"
            real, "unit-gaussian"
        ] do
        Assert.Empty(warnings (text data (likelihood kind) ""))

[<Fact>]
let ``what doesn't fit is warned of in words`` () =
    let one data model =
        List.exactlyOne (warnings (text data model ""))

    Assert.Contains("grey values are not a Bernoulli's outcomes", one grey (likelihood "bernoulli"))

    for kind in [ "continuous-bernoulli"; "gaussian"; "unit-gaussian" ] do
        Assert.Contains(
            $"model.likelihood \"{kind}\" with data that is 0 or 1: it is a density",
            one binary (likelihood kind)
        )

    Assert.Contains("the objective has no upper bound", one grey (likelihood "gaussian" + "\nmin_scale = 0.0"))

    for kind in [ "gaussian"; "unit-gaussian" ] do
        Assert.Contains("are no log-likelihoods", one grey (likelihood kind + "\nnormalised = false"))

[<Fact>]
let ``a closed-form KL is refused under a prior that has none, by the prior's name`` () =
    for kind in kinds typeof<PriorConfig> do
        let config objective = text binary (priorOf kind) objective

        if kind = "normal" then
            Assert.Equal(KlName.ClosedForm, ((parse (config "")).Objective :?> ElboObjectiveConfig).Kl)
        else
            Assert.Contains(
                $"kl = \"closed-form\", the default, needs a formula for the KL from a normal to the prior, and there is none for the prior \"{kind}\": use kl = \"monte-carlo\" in [objective]",
                refusal (config "kl = \"closed-form\"")
            )

    Assert.StartsWith("a.toml:13:1: kl = ", refusal (text binary (prior "mixture") "kl = \"closed-form\""))

[<Fact>]
let ``a VampPrior is refused with posterior flows, on real data uncut, and with flows of its own`` () =
    Assert.Equal(
        "a.toml:9:1: the prior \"vamp\" is a mixture of posteriors q(z|u), which needs their density at any z; after [[model.posterior.flows]] it is known only at the posterior's own samples: leave out the flows, or use kind = \"mixture\" or \"flow\"",
        refusal (text binary (prior "vamp" + "\n[[model.posterior.flows]]\nkind = \"iaf\"") monteCarlo)
    )

    for norm in [ "batch"; "weight" ] do
        Assert.StartsWith(
            "a.toml:6:13: the prior \"vamp\" sends its pseudo-inputs through the encoder",
            refusal (
                (text binary (prior "vamp") monteCarlo)
                    .Replace("encoder.hidden = [4]", $"encoder = {{ norm = \"{norm}\" }}")
            )
        )

    let onReal more =
        text real (likelihood "unit-gaussian" + "\n" + prior "vamp" + more) monteCarlo

    Assert.Contains("cut to [0, 1], but the data is real-valued: use unit = false", refusal (onReal ""))
    parse (onReal "\nunit = false") |> ignore

    Assert.StartsWith(
        "a.toml:10:15: unknown key 'flows' in [model.prior] (kind \"vamp\"). It belongs to kind \"flow\".",
        refusal (text binary (prior "vamp" + "\n[[model.prior.flows]]\nkind = \"iaf\"") monteCarlo)
    )

[<Fact>]
let ``a flow prior needs a flow, and one with an inverse`` () =
    Assert.Equal(
        "a.toml:8:1: the prior \"flow\" needs at least one [[model.prior.flows]]; without one it is the prior \"normal\"",
        refusal (text binary (prior "flow") monteCarlo)
    )

/// What the config says of a flow's inverse is what the flow says.
[<Fact>]
let ``only flows with an inverse may stand in a prior`` () =
    for kind in kinds typeof<FlowConfig> do
        let config = Schema.Fresh(Schema.Kinds(typeof<FlowConfig>)[kind]) :?> FlowConfig

        let invertible =
            FlowFactory.Build(ConfigList [ config ], 8L, 0L, torch.META, 0u, "flows")
            |> Array.forall _.HasInverse

        Assert.True((invertible = config.HasInverse), kind)

        let text =
            text binary (prior "flow" + $"\n[[model.prior.flows]]\nkind = \"{kind}\"") monteCarlo

        if invertible then
            parse text |> ignore
        else
            Assert.Equal(
                $"a.toml:11:1: the flow \"{kind}\" has no inverse that can be computed, so a prior made of it could not be sampled; it can only stand in [[model.posterior.flows]]",
                refusal text
            )
