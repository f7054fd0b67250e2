/// The configs of the repository, where they are looked for, and what --smoke makes of them.
module Vae.Tests.ConfigFileTests

open System
open System.IO
open Vae.Experiments
open Vae.Experiments.Config
open Xunit

let private none = ResizeArray<string>()

let configs () =
    Directory.GetFiles(Path.Combine(Outside.root, "configs"), "*.toml")
    |> Array.sort

let private refusal (path: string) =
    let error =
        Assert.Throws<ExperimentException>(fun () -> ConfigFile.Load(path, none) |> ignore)

    Assert.Equal(ExitCode.Usage, error.Code)
    error.Message

[<Fact>]
let ``every config loads, and printing is a fixed point`` () =
    Assert.True((configs ()).Length >= 4)

    for file in configs () do
        let config = ConfigFile.Load(file, none)
        let printed = config.ToToml()
        let again = ConfigFile.Parse(printed, "printed.toml", none)
        Assert.Equal(config, again)
        Assert.Equal(printed, again.ToToml())
        Assert.Equal(Path.GetFileNameWithoutExtension file, config.Name)

[<Fact>]
let ``the plain configs warn of nothing`` () =
    for name in [ "smoke"; "quickstart"; "linear_gaussian"; "mean_field"; "iaf" ] do
        Assert.Empty(ConfigFile.Warnings(ConfigFile.Load($"configs/{name}.toml", none)))

[<Fact>]
let ``mean_field is the published protocol`` () =
    let config = ConfigFile.Load("configs/mean_field.toml", none)

    let mlp =
        MlpConfig(Hidden = ConfigList [ 256; 256 ], Activation = ActivationName.Relu)

    let expected =
        ExperimentConfig(
            Name = "mean_field",
            Data = BinarizedMnistConfig(BatchSize = 128, Shuffle = true),
            Model =
                VaeConfig(
                    Latent = 128,
                    Encoder = mlp,
                    Decoder = mlp,
                    Posterior = NormalPosteriorConfig(Scale = ScaleName.Softplus),
                    Prior = NormalPriorConfig(),
                    Likelihood = BernoulliConfig()
                ),
            Objective = ElboObjectiveConfig(Samples = 1, Kl = KlName.MonteCarlo, Reduction = ReductionName.Sum),
            Optimizer = RmspropConfig(Lr = ScheduleConfig.FromDouble 1e-3, Centered = true, Alpha = 0.99, Eps = 1e-8),
            Train =
                TrainConfig(
                    Steps = 1000000,
                    ValidateEvery = 5000,
                    ValidateSamples = 128,
                    ValidateFirst = true,
                    EvaluateFrom = EvaluateFromName.Best,
                    EarlyStopping = EarlyStoppingConfig(Monitor = "valid/elbo", Patience = 6, MinDelta = 0.0)
                ),
            Evaluate =
                ConfigList<EvaluateConfig>
                    [
                        ImportanceEvaluateConfig(Samples = 128)
                        ImportanceEvaluateConfig(Samples = 1000)
                        ElboEvaluateConfig(Samples = 128)
                    ]
        )

    Assert.Equal(expected, config)

[<Fact>]
let ``the defaults are the documented ones`` () =
    let config =
        ConfigFile.Parse(
            "name = 'a'\n[data]\nkind = 'mnist'\n[model]\nkind = \"vae\"\nlatent = 3\n[train]\nepochs = 1",
            "a.toml",
            none
        )

    let expected =
        "name = \"a\"\nseed = 0\ndevice = \"cpu\"\n\n[data]\nkind = \"mnist\"\nbatch_size = 128\nshuffle = true\nlabelled_seed = 0\nbinarise = \"dynamic\"\nvalid_size = 10000\n\n"
        + "[model]\nkind = \"vae\"\nlatent = 3\n\n[model.encoder]\nkind = \"mlp\"\nnorm = \"none\"\nnorm_momentum = 0.1\nnorm_eps = 1e-5\ninit = \"default\"\nhidden = [256, 256]\nactivation = \"relu\"\ndropout = 0.0\n\n[model.decoder]\nkind = \"mlp\"\nnorm = \"none\"\nnorm_momentum = 0.1\nnorm_eps = 1e-5\ninit = \"default\"\nhidden = [256, 256]\nactivation = \"relu\"\ndropout = 0.0\n\n"
        + "[model.posterior]\nkind = \"normal\"\nscale = \"softplus\"\nscale_offset = 0.0\nflows = []\n\n[model.prior]\nkind = \"normal\"\n\n[model.likelihood]\nkind = \"bernoulli\"\n\n"
        + "[objective]\nkind = \"elbo\"\nreduction = \"mean\"\nsamples = 1\nkl = \"closed-form\"\n"
        + "beta = 1.0\nfree_bits = 0.0\nreconstruction = \"sum\"\n\n"
        + "[optimizer]\nkind = \"adam\"\nlr = 0.001\nbeta1 = 0.9\nbeta2 = 0.999\neps = 1e-8\nweight_decay = 0.0\n\n"
        + "[train]\nepochs = 1\nvalidate_samples = 1\nvalidate_first = false\nlog_every = 100\ncheckpoint_minutes = 10.0\nkeep_checkpoints = 2\naccumulate = 1\nprecision = \"float32\"\nfixed_noise = false\nphases = []\nmax_nonfinite_steps = 10\nevaluate_from = \"best\"\n\n"
        + "[figures]\nsamples = 64\nreconstructions = 32\nlatent = 2000\ntraversals = 10\n\n"
        + "[export]\nonnx = false\nparts = []\n"

    // An empty array of tables is a key of the root.
    Assert.Equal(expected.Replace("device = \"cpu\"\n", "device = \"cpu\"\nevaluate = []\n"), config.ToToml())

[<Fact>]
let ``configs differ when anything in them differs`` () =
    let load overrides =
        ConfigFile.Load("configs/mean_field.toml", ResizeArray<string>(overrides: string list))

    let config = load []
    Assert.Equal(config, load [])
    Assert.Equal(config.GetHashCode(), (load []).GetHashCode())

    for change in
        [
            "model.encoder.hidden=[256]"
            "evaluate.1.samples=999"
            "~evaluate.2"
            "train.early_stopping.patience=5"
        ] do
        Assert.NotEqual(config, load [ change ])

[<Fact>]
let ``smoke holds every run to seconds`` () =
    for file in configs () do
        let otherLength =
            if ConfigFile.Load(file, none).Train.Steps.HasValue then
                [ "~train.steps"; "train.epochs=100" ]
            else
                [ "~train.epochs"; "train.steps=100000" ]

        for overrides in [ []; otherLength @ [ "objective={kind=iwae,samples=50}" ] ] do
            let small =
                ConfigFile.Smoke(ConfigFile.Load(file, ResizeArray<string>(overrides: string list)))

            Assert.True(small.Train.Steps.HasValue && small.Train.Steps.Value <= 10)
            Assert.False(small.Train.Epochs.HasValue)
            Assert.True(small.Data.BatchSize <= 16)

            for cap in [ small.Data.MaxTrain; small.Data.MaxValid; small.Data.MaxTest ] do
                Assert.True(cap.HasValue && cap.Value <= 64)

            Assert.True(small.Train.ValidateSamples <= 8)

            match small.Objective with
            | :? ElboObjectiveConfig as elbo -> Assert.True(elbo.Samples <= 8)
            | :? IwaeObjectiveConfig as iwae -> Assert.Equal(8, iwae.Samples)
            | other -> failwith $"{other}"

            for item in small.Evaluate do
                Assert.True(item.Count <= 8L)

            // What isn't capped stays, and the small config is a config.
            let whole = ConfigFile.Load(file, ResizeArray<string>(overrides: string list))
            Assert.Equal(whole.Model, small.Model)
            Assert.Equal(whole.Optimizer, small.Optimizer)
            Assert.Equal(small, ConfigFile.Parse(small.ToToml(), "small.toml", none))

[<Fact>]
let ``smoke leaves alone what is smaller already`` () =
    let load overrides =
        ConfigFile.Load("configs/smoke.toml", ResizeArray<string>(overrides: string list))

    let small =
        ConfigFile.Smoke(
            load
                [
                    "train.steps=3"
                    "data.batch_size=2"
                    "data.max_train=5"
                    "train.log_every=2"
                ]
        )

    Assert.Equal(
        (3, 2, 5, 2),
        (small.Train.Steps.Value, small.Data.BatchSize, small.Data.MaxTrain.Value, small.Train.LogEvery)
    )

[<Fact>]
let ``grey values under a Bernoulli are a warning, not an error`` () =
    let load binarise =
        ConfigFile.Load("configs/quickstart.toml", ResizeArray [ $"data.binarise={binarise}" ])

    Assert.Contains("data.binarise = \"grey\"", Assert.Single(ConfigFile.Warnings(load "grey")))
    Assert.Contains("data.binarise = \"dequantise\"", Assert.Single(ConfigFile.Warnings(load "dequantise")))
    Assert.Empty(ConfigFile.Warnings(load "dynamic"))

[<Fact>]
let ``a relative path is found from the repository's root`` () =
    // The tests run in their output folder, where there is no configs/.
    Assert.False(Directory.Exists "configs")
    Assert.Equal("quickstart", ConfigFile.Load("configs/quickstart.toml", none).Name)

[<Fact>]
let ``the current folder comes first`` () =
    let name = $"config-{Guid.NewGuid():N}.toml"

    File.WriteAllText(
        name,
        (ConfigFile.Load("configs/smoke.toml", none) |> _.ToToml()).Replace("\"smoke\"", "\"here\"")
    )

    try
        Assert.Equal("here", ConfigFile.Load(name, none).Name)
    finally
        File.Delete name

[<Fact>]
let ``a file that isn't there`` () =
    Assert.Equal(
        "configs/quikstart.toml: no such file. Did you mean 'configs/quickstart.toml'?",
        refusal "configs/quikstart.toml"
    )

    Assert.Equal("mean_field: no such file. Did you mean 'configs/mean_field.toml'?", refusal "mean_field")
    Assert.Equal("nowhere/zzzzzzzz.toml: no such file.", refusal "nowhere/zzzzzzzz.toml")
    Assert.Equal("configs: is a folder; expected a config, a .toml file", refusal "configs")

[<Fact>]
let ``errors name the file as it was given`` () =
    let file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.toml")
    File.WriteAllText(file, "x = 1")

    try
        Assert.StartsWith($"{file}:1:1: ", refusal file)
    finally
        File.Delete file
