/// Evaluations in TOML: what they are made of, and what is refused.
module Vae.Tests.ConfigEvaluateTests

open Vae.Core.Estimators
open Vae.Experiments
open Vae.Experiments.Config
open Xunit

let private text (posterior: string) (evaluate: string) =
    $"""name = "a"
[data]
kind = "glyphs"
[model]
latent = 4
{posterior}
[objective]
kind = "iwae"
[train]
steps = 3
[[evaluate]]
{evaluate}"""

let private parse posterior evaluate =
    ConfigFile.Parse(text posterior evaluate, "a.toml", [||])

let private refusal posterior evaluate =
    let error =
        Assert.Throws<ExperimentException>(fun () -> parse posterior evaluate |> ignore)

    Assert.Equal(ExitCode.Usage, error.Code)
    error.Message

[<Fact>]
let ``hais has the defaults of the reference, and what is resolved reads back`` () =
    let config = parse "" "kind = \"hais\""
    let hais = Assert.IsType<HaisEvaluateConfig>(Seq.exactlyOne config.Evaluate)
    Assert.Equal(16L, hais.Count)

    Assert.Equal(
        Annealing(
            Temperatures = 500,
            Steps = 10,
            Start = AnnealingStart.Prior,
            Schedule = AnnealingSchedule.Sigmoid,
            StepSize =
                StepSize(
                    Initial = 0.01,
                    Target = 0.65,
                    Smoothing = 0.9,
                    Increase = 1.02,
                    Decrease = 0.98,
                    Min = 1e-4,
                    Max = 0.5
                )
        ),
        hais.Annealing
    )

    Assert.Equal(config, ConfigFile.Parse(config.ToToml(), "a.toml", [||]))

[<Fact>]
let ``ais moves by Metropolis and Hastings, hais and bdmc by Hamilton`` () =
    let kernel kind =
        (Seq.exactlyOne (parse "" $"kind = \"{kind}\"").Evaluate :?> AnnealedEvaluateConfig).Annealing.Kernel

    Assert.Equal(AnnealingKernel.Metropolis, kernel "ais")
    Assert.Equal(AnnealingKernel.Hamiltonian, kernel "hais")
    Assert.Equal(AnnealingKernel.Hamiltonian, kernel "bdmc")

[<Fact>]
let ``What makes no estimate is refused with a sentence`` () =
    let flows = "[[model.posterior.flows]]\nkind = \"planar\""

    Assert.Contains("no closed form of log p(x) for the model \"vae\"", refusal "" "kind = \"exact\"")
    Assert.Contains("use start = \"prior\"", refusal flows "kind = \"hais\"\nstart = \"posterior\"")
    Assert.Contains("chains: must be at least 1", refusal "" "kind = \"hais\"\nchains = 0")
    Assert.Contains("temperatures: must be at least 2", refusal "" "kind = \"ais\"\ntemperatures = 1")
    Assert.Contains("samples: must be at least 1", refusal "" "kind = \"importance\"\nsamples = 0")
    Assert.Contains("between min_step_size and max_step_size", refusal "" "kind = \"bdmc\"\nstep_size = 0.9")
    Assert.NotEmpty((parse flows "kind = \"hais\"").Evaluate)
    Assert.NotEmpty((parse "" "kind = \"hais\"\nstart = \"posterior\"").Evaluate)
