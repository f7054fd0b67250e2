/// Random configs survive printing and reading; random bytes never do harm.
module Vae.Tests.ConfigPropertyTests

open System
open FsCheck
open FsCheck.FSharp
open Vae.Experiments
open Vae.Experiments.Config
open Xunit

let private count = Gen.choose (1, 100000)

let private optional (gen: Gen<int>) =
    Gen.oneof [ Gen.constant (Nullable()); Gen.map Nullable gen ]

let private flag = Gen.elements [ true; false ]

/// Any positive double, from the smallest to the largest.
let private positive =
    ArbMap.defaults
    |> ArbMap.generate<NormalFloat>
    |> Gen.map (fun x -> abs x.Get)
    |> Gen.filter (fun x -> x > 0.0)
    |> fun any ->
        Gen.oneof
            [
                any
                Gen.elements
                    [
                        1e-300
                        5e-324
                        1.7976931348623157e308
                        0.1
                        1e-8
                        1e16
                        123456789012345680.0
                    ]
            ]

let private fraction = Gen.choose (0, 999999) |> Gen.map (fun n -> float n / 1e6)

let private word<'t when 't: struct and 't: (new: unit -> 't) and 't :> ValueType> =
    Gen.elements (Enum.GetValues(typeof<'t>) |> Seq.cast<'t> |> List.ofSeq)

let private data: Gen<DataConfig> =
    gen {
        let! batch = count
        let! shuffle = flag
        let! cap = optional count
        let! binarise = word<BinariseName>
        let! size = count
        let! noise = positive

        return!
            Gen.elements
                [
                    GlyphsConfig(
                        BatchSize = batch,
                        Shuffle = shuffle,
                        MaxTest = cap,
                        Binarise = binarise,
                        TrainSize = size
                    )
                    :> DataConfig
                    MnistConfig(BatchSize = batch, MaxTrain = cap, Binarise = binarise, ValidSize = size % 60000)
                    FashionMnistConfig(BatchSize = batch, MaxValid = cap, Binarise = binarise)
                    BinarizedMnistConfig(BatchSize = batch, Shuffle = shuffle)
                    MnistConfig(Labelled = cap, LabelledSeed = size, Binarise = binarise)
                    LinearGaussianConfig(BatchSize = batch, Dimensions = size, Noise = noise)
                    FactorAnalysisDataConfig(TrainSize = size, Seed = batch)
                ]
    }

let private network: Gen<NetworkConfig> =
    gen {
        let! hidden = Gen.listOf count
        let! activation = word<ActivationName>
        return MlpConfig(Hidden = ConfigList hidden, Activation = activation) :> NetworkConfig
    }

let private schedule: Gen<ScheduleConfig> =
    gen {
        let! from = positive
        let! to' = positive
        let! length = optional count
        let! every = word<EveryName>

        return!
            Gen.elements
                [
                    ConstantScheduleConfig(Value = from) :> ScheduleConfig
                    LinearScheduleConfig(From = from, To = to', Epochs = length, Every = every)
                    CosineScheduleConfig(From = from, To = to', Steps = length)
                    ExponentialScheduleConfig(From = from, To = to', Every = every)
                    StepScheduleConfig(From = from, Factor = to', Steps = length)
                    PiecewiseScheduleConfig(Values = ConfigList [ from; to' ], Steps = ConfigList [ 7 ])
                ]
    }

let private optimizer: Gen<OptimizerConfig> =
    gen {
        let! lr = schedule
        let! eps = positive
        let! clip = Gen.oneof [ Gen.constant (Nullable()); Gen.map Nullable positive ]
        let! beta = fraction
        let! yes = flag

        return!
            Gen.elements
                [
                    AdamConfig(Lr = lr, ClipNorm = clip, Beta1 = beta) :> OptimizerConfig
                    AdamwConfig(Lr = lr, Beta2 = beta)
                    AdamaxConfig(Lr = lr, Eps = eps)
                    RmspropConfig(Lr = lr, Alpha = beta, Centered = yes)
                    SgdConfig(Lr = lr, Momentum = 0.5, Nesterov = yes, ClipNorm = clip)
                ]
    }

let private objective: Gen<ObjectiveConfig> =
    gen {
        let! samples = count
        let! kl = word<KlName>
        let! beta = schedule
        let! free = positive
        let! reduction = word<ReductionName>

        return!
            Gen.elements
                [
                    ElboObjectiveConfig(Samples = samples, Kl = kl, Reduction = reduction) :> ObjectiveConfig
                    ElboObjectiveConfig(Beta = beta, KlReduction = Nullable reduction, Reconstruction = reduction)
                    ElboObjectiveConfig(Capacity = beta)
                    ElboObjectiveConfig(FreeBits = free)
                    DregObjectiveConfig(Samples = samples)
                    IwaeObjectiveConfig(Samples = samples, Reduction = reduction)
                ]
    }

let private evaluate: Gen<EvaluateConfig> =
    gen {
        let! samples = count
        let! split = Gen.elements [ SplitName.Test; SplitName.Train ]
        let! cap = optional count

        return!
            Gen.elements
                [
                    ElboEvaluateConfig(Samples = samples, Split = split, MaxExamples = cap) :> EvaluateConfig
                    ImportanceEvaluateConfig(Samples = samples, Split = split)
                ]
    }

let private train =
    gen {
        let! length = count
        let! byEpochs = flag
        let! every = optional count
        let! patience = count
        let! stops = flag
        let! delta = positive

        return
            TrainConfig(
                Epochs = (if byEpochs then Nullable length else Nullable()),
                Steps = (if byEpochs then Nullable() else Nullable length),
                ValidateEvery = every,
                Accumulate = patience,
                Ema = (if stops then Nullable 0.999 else Nullable()),
                EarlyStopping =
                    (if stops then
                         EarlyStoppingConfig(Patience = patience, MinDelta = delta)
                     else
                         null)
            )
    }

let private configs =
    gen {
        let! name = Gen.elements [ "a"; "A-1_b.c"; "-"; String.replicate 64 "x" ]
        let! seed = Gen.choose (0, Int32.MaxValue)
        let! threads = optional (Gen.choose (0, 1024)) // 0: "auto"

        let! memory =
            Gen.oneof [ Gen.constant (Nullable()); Gen.elements [ Nullable 0.25; Nullable 16.0 ] ]

        let! data = data |> Gen.filter _.HasValidation
        let! latent = count
        let! encoder = network
        let! decoder = network
        let! scale = word<ScaleName>
        let! objective = objective
        let! optimizer = optimizer
        let! train = train
        let! evaluate = Gen.listOf evaluate
        let! figures = Gen.choose (0, 100)

        return
            ExperimentConfig(
                Name = name,
                Seed = seed,
                Threads = threads,
                MemoryGb = memory,
                Device = "cuda:3",
                Data = data,
                Model =
                    VaeConfig(
                        Latent = latent,
                        Encoder = encoder,
                        Decoder = decoder,
                        Posterior = NormalPosteriorConfig(Scale = scale),
                        Likelihood = UnitGaussianConfig()
                    ),
                Objective = objective,
                Optimizer = optimizer,
                Train = train,
                Evaluate = ConfigList evaluate,
                Figures = FiguresConfig(Samples = figures)
            )
    }

[<Fact>]
let ``a config printed and read is the same config`` () =
    Check.QuickThrowOnFailure(
        Prop.forAll (Arb.fromGen (configs |> Gen.where (fun config -> Seq.isEmpty (config.Broken())))) (fun config ->
            ConfigFile.Parse(config.ToToml(), "printed.toml", [||]) = config)
    )

[<Fact>]
let ``any string printed and read is the same string`` () =
    Check.QuickThrowOnFailure(fun (text: NonNull<string>) ->
        // A lone surrogate is no Unicode text, and so none of TOML's.
        let text = String.filter (Char.IsSurrogate >> not) text.Get
        let bytes = Text.Encoding.UTF8.GetBytes $"x = {TomlText.Of text}"
        let table, error = TomlDocument.Parse(ReadOnlySpan bytes, "a.toml")
        isNull error && (table.Find("x").Value :?> TomlScalar).Value = box text)

let private survives (overrides: string list) (bytes: byte[]) =
    let file = IO.Path.GetTempFileName()

    try
        IO.File.WriteAllBytes(file, bytes)

        try
            ConfigFile.Load(file, ResizeArray overrides) |> ignore
            true
        with :? ExperimentException as error ->
            error.Code = ExitCode.Usage
            && error.Message.Split '\n'
               |> Array.forall (fun line -> line.StartsWith $"{file}:" || line.StartsWith "override '")
    finally
        IO.File.Delete file

[<Fact>]
let ``garbage is refused with places`` () =
    Check.QuickThrowOnFailure(fun (bytes: byte[]) -> survives [] bytes)

    for bytes in
        [
            [||]
            [| 0uy |]
            [| 0xefuy; 0xbbuy; 0xbfuy |]
            [| 0xffuy; 0xfeuy; 0uy; 1uy |]
            Array.create 100000 (byte '[')
        ] do
        Assert.True(survives [] bytes)

    // A key of very many parts, each a table in a table.
    Assert.True(survives [] (Text.Encoding.ASCII.GetBytes("a" + String.replicate 300000 ".a" + " = 1")))

[<Fact>]
let ``a sound config with one byte changed is a config or refused with places`` () =
    let sound =
        IO.File.ReadAllBytes(IO.Path.Combine(Outside.root, "configs", "mean_field.toml"))

    Check.QuickThrowOnFailure(
        Prop.forAll (Arb.fromGen (Gen.zip (Gen.choose (0, sound.Length - 1)) (Gen.choose (0, 255)))) (fun (at, value) ->
            let damaged = Array.copy sound
            damaged[at] <- byte value
            survives [] damaged)
    )

[<Fact>]
let ``any text as an override is applied or refused`` () =
    let sound =
        IO.File.ReadAllBytes(IO.Path.Combine(Outside.root, "configs", "smoke.toml"))

    let pieces =
        [
            "model"
            "latent"
            "evaluate"
            "0"
            "."
            "="
            "["
            "]"
            "{"
            "}"
            ","
            "'"
            "\""
            "1"
            "x"
            "+"
            "~"
            "\\"
            " "
            "-"
        ]

    Check.QuickThrowOnFailure(
        Prop.forAll (Arb.fromGen (Gen.listOf (Gen.elements pieces))) (fun parts ->
            survives [ String.concat "" parts ] sound)
    )
