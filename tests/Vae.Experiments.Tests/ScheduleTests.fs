/// What schedules say, step by step, against numbers worked out by hand; and how they are written.
module Vae.Tests.ScheduleTests

open System
open FsCheck
open FsCheck.FSharp
open Vae.Experiments
open Vae.Experiments.Config
open Vae.Experiments.Training
open Xunit

let private course = Course(StepsPerEpoch = 10L, TotalSteps = 1000L)

/// A sound config with this text in [objective] and this one as the learning rate.
let private text (objective: string) (lr: string) =
    "name = \"a\"\n[data]\nkind = \"glyphs\"\nbatch_size = 32\n[model]\nlatent = 2\n"
    + $"[objective]\nkind = \"elbo\"\n{objective}\n[optimizer]\nkind = \"adam\"\nlr = {lr}\n[train]\nsteps = 1000\n"

let private load objective lr overrides =
    ConfigFile.Parse(text objective lr, "a.toml", ResizeArray<string>(overrides: string list))

let private lr (schedule: string) = (load "" schedule []).Optimizer.Lr

let private beta (config: ExperimentConfig) =
    (config.Objective :?> ElboObjectiveConfig).Beta

let private at (schedule: ScheduleConfig) (step: int) = schedule.At(int64 step, course)

let private follows (schedule: ScheduleConfig) (points: (int * float) list) =
    for step, value in points do
        Assert.Equal(value, at schedule step, 12)

[<Fact>]
let ``a plain number is the same at every step`` () =
    follows (lr "0.25") [ 0, 0.25; 999, 0.25 ]
    Assert.Equal(lr "0.25", lr "{ schedule = \"constant\", value = 0.25 }")
    Assert.Equal(ScheduleConfig.FromDouble 3.0, lr "3")

[<Fact>]
let ``linear, by steps and by epochs`` () =
    follows
        (lr "{ schedule = \"linear\", from = 1.0, to = 2.0, steps = 100 }")
        [ 0, 1.0; 25, 1.25; 99, 1.99; 100, 2.0; 5000, 2.0 ]

    // KL warm-up as it is published: min(1, floor(epoch) / 200), which is 0 in the whole first epoch.
    let warmUp =
        beta (load "beta = { schedule = \"linear\", from = 0.0, to = 1.0, epochs = 200, every = \"epoch\" }" "1" [])

    for step in 0..2500 do
        Assert.Equal(min 1.0 (floor (float step / 10.0) / 200.0), at warmUp step, 15)

[<Fact>]
let ``step: a factor after every so many epochs`` () =
    let halved =
        lr "{ schedule = \"step\", from = 1e-3, factor = 0.5, epochs = 8, every = \"epoch\" }"

    for step in 0..400 do
        Assert.Equal(1e-3 * 0.5 ** floor (floor (float step / 10.0) / 8.0), at halved step, 15)

    follows (lr "{ schedule = \"step\", from = 1.0, factor = 0.1, steps = 7 }") [ 6, 1.0; 7, 0.1; 13, 0.1; 14, 0.01 ]

[<Fact>]
let ``cosine and exponential take the whole training when no length is given`` () =
    follows
        (lr "{ schedule = \"cosine\", from = 3.0, to = 1.0 }")
        [
            0, 3.0
            250, 2.0 + sqrt 0.5
            500, 2.0
            750, 2.0 - sqrt 0.5
            1000, 1.0
            1500, 1.0
        ]

    follows
        (lr "{ schedule = \"exponential\", from = 1.0, to = 1e-4 }")
        [ 0, 1.0; 250, 0.1; 500, 0.01; 750, 0.001; 1000, 1e-4; 1500, 1e-4 ]

[<Fact>]
let ``piecewise: each value for its time, the last to the end`` () =
    // arXiv:1509.00519: 1e-3 * 10^(-i/7) for 3^i epochs, i = 0 ... 7.
    let config = ConfigFile.Load("configs/iwae50.toml", [||])
    let published = config.Optimizer.Lr
    let mutable epoch = 0

    for i in 0..7 do
        for step in [ epoch * 10; (epoch + pown 3 i) * 10 - 1 ] do
            Assert.InRange(published.At(int64 step, course) / (1e-3 * 10.0 ** (-float i / 7.0)), 0.9999, 1.0001)

        epoch <- epoch + pown 3 i

    Assert.Equal(Nullable epoch, config.Train.Epochs)

    follows
        (lr "{ schedule = \"piecewise\", values = [3, 2, 1.5], steps = [2, 1] }")
        [ 0, 3; 1, 3; 2, 2; 3, 1.5; 99, 1.5 ]

[<Fact>]
let ``as a table of its own, and changed by overrides`` () =
    let table =
        ConfigFile.Parse(
            text "" "1"
            + "[objective.beta]\nschedule = \"linear\"\nfrom = 0\nto = 1\nepochs = 5\n",
            "a.toml",
            [||]
        )

    let inline' = "beta = { schedule = \"linear\", from = 0.0, to = 1.0, epochs = 5 }"
    Assert.Equal(beta (load inline' "1" []), beta table)
    Assert.Equal(4.0, at (beta (load "" "1" [ "objective.beta=4" ])) 0)
    Assert.Equal(4.0, at (beta (load inline' "1" [ "objective.beta=4" ])) 0)
    Assert.Equal(2.0, at (beta (load inline' "1" [ "objective.beta.to=2" ])) 500)

    Assert.Equal(0.5, at (load "" "1" [ "optimizer.lr={schedule: cosine, from: 0.75, to: 0.25}" ]).Optimizer.Lr 500)

[<Fact>]
let ``printed on one line, and read again to the same`` () =
    let config =
        load "beta = { schedule = \"linear\", from = 0.0, to = 1.0, epochs = 5 }" "1e-3" []

    Assert.Contains(
        "\nbeta = { schedule = \"linear\", from = 0.0, epochs = 5, every = \"step\", to = 1.0 }\n",
        config.ToToml()
    )

    Assert.Contains("\nlr = 0.001\n", config.ToToml())
    Assert.Equal(config, ConfigFile.Parse(config.ToToml(), "printed.toml", [||]))

let private refusal objective lr overrides =
    let error =
        Assert.Throws<ExperimentException>(fun () -> load objective lr overrides |> ignore)

    Assert.Equal(ExitCode.Usage, error.Code)
    error.Message

[<Theory>]
[<InlineData("true",
             "a.toml:12:6: optimizer.lr: expected a number or a schedule ({ schedule = ... }), found the boolean true")>]
[<InlineData("-1.0", "a.toml:12:6: optimizer.lr: must be at least 0, found -1.0")>]
[<InlineData("{ schedule = \"linaer\", from = 1 }",
             "a.toml:12:19: unknown schedule \"linaer\" in [optimizer.lr]. Did you mean \"linear\"? Known schedules: constant, cosine, exponential, linear, piecewise, step.")>]
[<InlineData("{ from = 1 }",
             "a.toml:12:6: missing key 'schedule' in [optimizer.lr]. Known schedules: constant, cosine, exponential, linear, piecewise, step.")>]
[<InlineData("{ schedule = \"linear\", from = 1, to = 2, epoch = 3 }",
             "a.toml:12:47: unknown key 'epoch' in [optimizer.lr] (schedule \"linear\"). Did you mean 'epochs'? Known keys: schedule, from, epochs, steps, every, to.")>]
[<InlineData("{ schedule = \"linear\", from = 1 }",
             "a.toml:12:6: missing key 'to' in [optimizer.lr] (schedule \"linear\")")>]
[<InlineData("{ schedule = \"linear\", from = 1, to = -1 }",
             "a.toml:12:44: optimizer.lr.to: must be at least 0, found -1")>]
[<InlineData("{ schedule = \"linear\", from = 1, to = 2, epochs = 1, steps = 1 }",
             "a.toml:12:59: both 'epochs' and 'steps' are given: one says how long the schedule is")>]
[<InlineData("{ schedule = \"piecewise\", values = [1, -2], steps = [5] }",
             "a.toml:12:45: optimizer.lr.values[1]: must be at least 0, found -2")>]
[<InlineData("{ schedule = \"piecewise\", values = [1, 2], steps = [5, 6] }",
             "a.toml:12:49: 2 values take 1 lengths, as the last one stays to the end; found 2")>]
let ``an unsound schedule is refused at its place`` (written: string) (message: string) =
    Assert.Equal(message, refusal "" written [])

[<Fact>]
let ``an exponential schedule to zero is refused, and so is a key below a plain number`` () =
    Assert.Contains(
        "an exponential schedule takes positive numbers, found 0.0",
        refusal "beta = { schedule = \"exponential\", from = 1, to = 0 }" "1" []
    )

    Assert.Contains(
        "'objective.beta' is no table, so it has no key 'to'",
        refusal "beta = 1" "1" [ "objective.beta.to=2" ]
    )

[<Fact>]
let ``linear and cosine stay between their ends and move one way`` () =
    let schedules =
        gen {
            let! from = Gen.choose (1, 1000) |> Gen.map float
            let! to' = Gen.choose (1, 1000) |> Gen.map float
            let! steps = Gen.choose (1, 200)
            let! every = Gen.elements [ EveryName.Step; EveryName.Epoch ]

            return!
                Gen.elements
                    [
                        LinearScheduleConfig(From = from, To = to', Steps = Nullable steps, Every = every)
                        :> TimedScheduleConfig
                        CosineScheduleConfig(From = from, To = to', Steps = Nullable steps, Every = every)
                        ExponentialScheduleConfig(From = from, To = to', Steps = Nullable steps, Every = every)
                    ]
        }

    Check.QuickThrowOnFailure(
        Prop.forAll (Arb.fromGen schedules) (fun schedule ->
            let numbers = [ for step in 0..250 -> at schedule step ]
            let up = List.last numbers >= schedule.From

            let sorted =
                if up then
                    List.sort numbers
                else
                    List.sortDescending numbers

            numbers[0] = schedule.From
            && numbers = sorted
            && List.min numbers >= schedule.Lowest - 1e-9)
    )

/// What a config says of the KL's weight at the end: (weight, warnings).
let private klWeight (objective: string) =
    let config = load objective "1" []
    Schedules(config, 784L, course).EffectiveKlWeight, List.ofSeq (config.Warnings())

[<Fact>]
let ``The effective KL weight is what the reductions make of beta`` () =
    let weight objective = (fst (klWeight objective)).Value
    Assert.Equal(1.0, weight "")
    Assert.Equal(4.0, weight "beta = 4")
    Assert.Equal(4.0, weight "beta = 4\nreduction = \"sum\"")
    Assert.Equal(784.0, weight "reconstruction = \"mean\"", 9)
    Assert.Equal(1.0, weight "beta = { schedule = \"linear\", from = 0, to = 1, steps = 500 }")
    Assert.Equal(2.0 * 32.0, weight "beta = 2\nkl_reduction = \"sum\"")
    // The reconstruction summed over a batch of 32, ten times twice the KL averaged over it.
    Assert.Equal(0.625, weight "beta = 20\nreduction = \"sum\"\nkl_reduction = \"mean\"")

[<Fact>]
let ``What is optimised and is no lower bound is a warning`` () =
    let warnings objective = snd (klWeight objective)
    Assert.Empty(warnings "")
    Assert.Empty(warnings "beta = 4")

    for objective, expected in
        [
            "beta = 0.5", "the effective KL weight is as low as 0.5; below 1 what is optimised"
            "beta = { schedule = \"linear\", from = 0, to = 1, steps = 500 }",
            "the effective KL weight is as low as 0.0"
            "capacity = 25.0\nbeta = 1000", "objective.capacity: what is optimised, with beta |KL - C|"
            "free_bits = 0.25", "the KL of each latent dimension, where it has a formula for each, is below 0.25 nats"
            "free_bits = 2.0\nkl = \"monte-carlo\"", "the KL as a whole is below 2.0 nats"
            "reconstruction = \"mean\"", "objective.reconstruction = \"mean\": the metric loss is in nats per dimension"
        ] do
        Assert.Contains(expected, Assert.Single(warnings objective))

[<Fact>]
let ``Free bits and a capacity together are refused, and dreg after flows`` () =
    Assert.Contains(
        "a.toml:9:1: free_bits and capacity are two ways to hold the KL up",
        refusal "free_bits = 1.0\ncapacity = 5" "1" []
    )

    let error =
        Assert.Throws<ExperimentException>(fun () ->
            ConfigFile.Load("configs/iaf.toml", [| "objective={kind: dreg}" |]) |> ignore)

    Assert.Contains("the objective \"dreg\" takes log q(z|x) as a function of z with q held fixed", error.Message)

    Assert.Equal(
        8,
        (ConfigFile.Load("configs/mean_field.toml", [| "objective={kind: dreg, samples: 8}" |]).Objective
        :?> DregObjectiveConfig)
            .Samples
    )
