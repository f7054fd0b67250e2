/// Every kind of error of a config: its place to the column, its sentence, and all of them at once.
module Vae.Tests.ConfigErrorTests

open Vae.Experiments
open Vae.Experiments.Config
open Xunit

/// The lines of the refusal of a text.
let private refusal (text: string) (overrides: string list) =
    let error =
        Assert.Throws<ExperimentException>(fun () -> ConfigFile.Parse(text, "a.toml", ResizeArray overrides) |> ignore)

    Assert.Equal(ExitCode.Usage, error.Code)
    error.Message.Split '\n' |> List.ofArray

/// A sound config, line by line, with some lines replaced (line number from 1).
let private withLines (changes: (int * string) list) =
    let sound =
        [|
            "name = \"a\"" // 1
            "[data]" // 2
            "kind = \"glyphs\"" // 3
            "[model]" // 4
            "latent = 2" // 5
            "[model.encoder]" // 6
            "kind = \"mlp\"" // 7
            "hidden = [4, 4]" // 8
            "[optimizer]" // 9
            "kind = \"adam\"" // 10
            "lr = 1e-3" // 11
            "[train]" // 12
            "steps = 3" // 13
            "[[evaluate]]" // 14
            "kind = \"elbo\"" // 15
            "split = \"test\""
        |] // 16

    for line, text in changes do
        sound[line - 1] <- text

    String.concat "\n" sound

let private check changes expected =
    Assert.Equal<string list>(expected, refusal (withLines changes) [])

[<Fact>]
let ``the sound config is sound`` () =
    Assert.Equal(2, ConfigFile.Parse(withLines [], "a.toml", [||]).Model.Latent)

[<Fact>]
let ``an unknown key is named with the nearest one and all known ones`` () =
    check
        [ 8, "  hiden = [4, 4]" ]
        [
            "a.toml:8:3: unknown key 'hiden' in [model.encoder] (kind \"mlp\"). Did you mean 'hidden'? Known keys: kind, norm, norm_momentum, norm_eps, init, hidden, activation, dropout."
        ]

[<Fact>]
let ``an unknown key far from every other gets no suggestion`` () =
    check
        [ 5, "latent = 2\ntemperature = 1" ]
        [
            "a.toml:6:1: unknown key 'temperature' in [model] (kind \"vae\"). Known keys: kind, latent, encoder, decoder, posterior, prior, likelihood."
        ]

[<Fact>]
let ``an unknown key in an array of tables`` () =
    check
        [ 16, "spilt = \"test\"" ]
        [
            "a.toml:16:1: unknown key 'spilt' in [[evaluate]] (kind \"elbo\"). Did you mean 'split'? Known keys: kind, split, max_examples, samples."
        ]

[<Fact>]
let ``an unknown table`` () =
    check
        [ 9, "[optimiser]" ]
        [
            "a.toml:9:2: unknown key 'optimiser' at the top of the file. Did you mean 'optimizer'? Known keys: name, seed, device, threads, memory_gb, data, model, objective, optimizer, train, evaluate, figures, export."
        ]

[<Fact>]
let ``a key of another kind is unknown`` () =
    check
        [ 11, "centered = true" ]
        [
            "a.toml:11:1: unknown key 'centered' in [optimizer] (kind \"adam\"). It belongs to kind \"rmsprop\". Known keys: kind, lr, clip_norm, beta1, beta2, eps, weight_decay."
        ]

[<Fact>]
let ``a string where an integer belongs`` () =
    check [ 5, "latent = \"12\"" ] [ "a.toml:5:10: model.latent: expected an integer, found the string \"12\"" ]

[<Fact>]
let ``another word where an integer or one word belongs`` () =
    check
        [ 1, "name = \"a\"\nthreads = \"atuo\"" ]
        [
            "a.toml:2:11: threads: unknown value \"atuo\". Did you mean \"auto\"? Allowed: \"auto\"."
        ]

    check
        [ 1, "name = \"a\"\nthreads = true" ]
        [
            "a.toml:2:11: threads: expected an integer or \"auto\", found the boolean true"
        ]

    check [ 1, "name = \"a\"\nthreads = 0" ] [ "a.toml:2:11: threads: must be at least 1, found 0" ]

[<Fact>]
let ``a fraction where an integer belongs`` () =
    check [ 5, "latent = 2.5" ] [ "a.toml:5:10: model.latent: expected an integer, found the number 2.5" ]

[<Fact>]
let ``a boolean where a number belongs`` () =
    check [ 11, "eps = true" ] [ "a.toml:11:7: optimizer.eps: expected a number, found the boolean true" ]

[<Fact>]
let ``a date where a string belongs`` () =
    check [ 1, "name = 2024-02-29" ] [ "a.toml:1:8: name: expected a string, found the date or time 2024-02-29" ]

[<Fact>]
let ``a table where a boolean belongs`` () =
    check
        [ 3, "kind = \"glyphs\"\nshuffle = { a = 1 }" ]
        [ "a.toml:4:11: data.shuffle: expected true or false, found a table" ]

[<Fact>]
let ``a number where a word belongs`` () =
    check
        [ 16, "split = 3" ]
        [
            "a.toml:16:9: evaluate.0.split: expected one of \"train\", \"valid\", \"test\", found the number 3"
        ]

[<Fact>]
let ``an unknown word`` () =
    check
        [ 16, "split = \"tset\"" ]
        [
            "a.toml:16:9: evaluate.0.split: unknown value \"tset\". Did you mean \"test\"? Allowed: \"train\", \"valid\", \"test\"."
        ]

[<Fact>]
let ``an unknown monitor`` () =
    check
        [
            13, "steps = 3\n[train.early_stopping]\npatience = 6\nmonitor = \"valid/elbow\""
        ]
        [
            "a.toml:16:11: train.early_stopping.monitor: unknown value \"valid/elbow\". Did you mean \"valid/elbo\"? Allowed: \"valid/elbo\", \"valid/log_px\"."
        ]

[<Fact>]
let ``numbers out of range say the bound and what was found`` () =
    check [ 5, "latent = -3" ] [ "a.toml:5:10: model.latent: must be at least 1, found -3" ]
    check [ 11, "lr = 0" ] [ "a.toml:11:1: optimizer.lr: must be greater than 0, or nothing moves" ]
    check [ 11, "beta1 = 1.0" ] [ "a.toml:11:9: optimizer.beta1: must be less than 1, found 1.0" ]
    check [ 11, "lr = nan" ] [ "a.toml:11:6: optimizer.lr: must be finite, found nan" ]
    check [ 11, "lr = inf" ] [ "a.toml:11:6: optimizer.lr: must be finite, found inf" ]

    check [ 1, "name = \"a\"\nseed = 2147483648" ] [ "a.toml:2:8: seed: must be at most 2147483647, found 2147483648" ]

    check
        [ 5, "latent = 4294967298" ]
        [
            "a.toml:5:10: model.latent: must be between -2147483648 and 2147483647, found 4294967298"
        ]

[<Fact>]
let ``the largest seed is a seed`` () =
    let config =
        ConfigFile.Parse(withLines [ 1, "name = \"a\"\nseed = 2147483647" ], "a.toml", [||])

    Assert.Equal(2147483647, config.Seed)

[<Fact>]
let ``an element of a list is pointed at`` () =
    check
        [ 8, "hidden = [4, \"4\", 0]" ]
        [
            "a.toml:8:14: model.encoder.hidden[1]: expected an integer, found the string \"4\""
            "a.toml:8:19: model.encoder.hidden[2]: must be at least 1, found 0"
        ]

[<Fact>]
let ``a list is a list and a table is a table`` () =
    check [ 8, "hidden = 4" ] [ "a.toml:8:10: model.encoder.hidden: expected an array, found the number 4" ]

    check
        [ 9, "optimizer = 3\n[model.prior]"; 10, ""; 11, "" ]
        [
            "a.toml:9:1: unknown key 'optimizer' in [model.encoder] (kind \"mlp\"). Known keys: kind, norm, norm_momentum, norm_eps, init, hidden, activation, dropout."
        ]

    check
        [ 1, "name = \"a\"\nfigures = 3" ]
        [ "a.toml:2:11: figures: expected a table ([figures]), found the number 3" ]

    check
        [ 14, "[evaluate]" ]
        [
            "a.toml:14:1: evaluate: expected an array of tables ([[evaluate]]), found a table"
        ]

[<Fact>]
let ``names follow their pattern`` () =
    for name in [ ""; ".a"; "a b"; "a/b"; "ä"; "a\\n"; String.replicate 65 "x" ] do
        let line = refusal (withLines [ 1, $"name = \"{name}\"" ]) [] |> List.exactlyOne

        Assert.StartsWith(
            "a.toml:1:8: name: must be 1 to 64 letters, digits, '.', '_' or '-', without a leading dot, found ",
            line
        )

    for device in [ "gpu"; "cuda:"; "cuda:a"; "CPU"; "cpu " ] do
        let line =
            refusal (withLines [ 1, $"name = \"a\"\ndevice = \"{device}\"" ]) []
            |> List.exactlyOne

        Assert.Equal($"a.toml:2:10: device: must be \"cpu\", \"cuda\" or \"cuda:N\", found \"{device}\"", line)

[<Fact>]
let ``missing keys and tables are pointed at from the table above`` () =
    check [ 5, "" ] [ "a.toml:4:1: missing key 'latent' in [model] (kind \"vae\")" ]
    check [ 1, "" ] [ "a.toml:1:1: missing key 'name' at the top of the file" ]
    check [ 12, ""; 13, "" ] [ "a.toml:1:1: missing table [train]" ]

    check
        [ 3, "" ]
        [
            "a.toml:2:1: missing key 'kind' in [data]. Known kinds: binarized-mnist, caltech101-silhouettes, factor-analysis, fashion-mnist, files, frey-faces, glyphs, linear-gaussian, mnist, omniglot."
        ]

    check
        [ 15, "" ]
        [
            "a.toml:14:1: missing key 'kind' in [[evaluate]]. Known kinds: ais, bdmc, diagnostics, elbo, exact, hais, importance."
        ]

[<Fact>]
let ``an unknown kind lists the kinds`` () =
    check
        [ 3, "kind = \"mnits\"" ]
        [
            "a.toml:3:8: unknown kind \"mnits\" in [data]. Did you mean \"mnist\"? Known kinds: binarized-mnist, caltech101-silhouettes, factor-analysis, fashion-mnist, files, frey-faces, glyphs, linear-gaussian, mnist, omniglot."
        ]

    check
        [ 7, "kind = 3" ]
        [
            "a.toml:7:8: model.encoder.kind: expected a string, found the number 3. Known kinds: conv, mlp, nonconv, resnet, snf."
        ]

[<Fact>]
let ``exactly one of epochs and steps`` () =
    check
        [ 13, "steps = 3\nepochs = 2" ]
        [
            "a.toml:13:1: both 'epochs' and 'steps' are given in [train]: exactly one says how long to train (~train.steps takes one out)"
        ]

    check
        [ 13, "" ]
        [
            "a.toml:12:1: missing key 'epochs' or 'steps' in [train]: exactly one says how long to train"
        ]

[<Fact>]
let ``a Bernoulli is refused on real-valued data`` () =
    let sentence =
        "the likelihood \"bernoulli\" needs values in [0, 1], but data \"linear-gaussian\" is real-valued; use kind = \"unit-gaussian\""

    check [ 3, "kind = \"linear-gaussian\"" ] [ $"a.toml:4:2: {sentence}" ]

    check
        [
            3, "kind = \"linear-gaussian\""
            8, "[model.likelihood]\n kind = \"bernoulli\""
        ]
        [ $"a.toml:9:2: {sentence}" ]

[<Fact>]
let ``a GPU's number format is refused on a CPU`` () =
    check
        [ 13, "steps = 3\nprecision = \"tf32\"" ]
        [
            "a.toml:14:1: \"tf32\" is a format of NVIDIA's GPUs: it needs device = \"cuda\"; a CPU has \"float32\" and \"bfloat16\""
        ]

    Assert.Equal(
        PrecisionName.Tf32,
        ConfigFile
            .Parse(
                withLines [ 1, "name = \"a\"\ndevice = \"cuda\""; 13, "steps = 3\nprecision = \"tf32\"" ],
                "a.toml",
                [||]
            )
            .Train.Precision
    )

[<Fact>]
let ``what needs a validation split is refused without one`` () =
    check
        [
            3, "kind = \"glyphs\"\nvalid_size = 0"
            13, "steps = 3\n[train.early_stopping]\npatience = 2"
            16, "split = \"valid\""
        ]
        [
            "a.toml:15:8: early stopping needs a validation split, but [data] has valid_size = 0"
            "a.toml:19:1: there is no validation split: [data] has valid_size = 0"
        ]

[<Fact>]
let ``Nesterov needs momentum`` () =
    check [ 10, "kind = \"sgd\"\nnesterov = true" ] [ "a.toml:11:1: nesterov = true needs momentum > 0" ]

[<Fact>]
let ``all errors come at once, in the file's order, overrides last`` () =
    let lines =
        refusal
            (withLines [ 16, "spilt = 1"; 5, "latent = 0"; 1, "nmae = \"a\""; 11, "lr = \"x\"" ])
            [ "train.steps=x"; "nonsense" ]

    let places = lines |> List.map (fun line -> line.Substring(0, line.IndexOf ": "))

    Assert.Equal<string list>(
        [
            "a.toml:1:1"
            "a.toml:1:1"
            "a.toml:5:10"
            "a.toml:11:6"
            "a.toml:16:1"
            "override 'nonsense'"
            "override 'train.steps=x'"
        ],
        places
    )

[<Fact>]
let ``dotted keys and inline tables have places too`` () =
    let text =
        "name = \"a\"\nmodel.latent = -3\ndata = { kind = \"glyphs\", batch_size = 0 }\ntrain.steps = 1"

    Assert.Equal<string list>(
        [
            "a.toml:2:16: model.latent: must be at least 1, found -3"
            "a.toml:3:40: data.batch_size: must be at least 1, found 0"
        ],
        refusal text []
    )

[<Fact>]
let ``a syntax error has its place`` () =
    for text, place in
        [
            "name = ", "a.toml:1:8: "
            "name = \"a\"\nname = \"b\"", "a.toml:2:"
            "name = \"a", "a.toml:1:"
            "a = 1\n\n  b = = 2", "a.toml:3:7: "
            "[model\nlatent = 3", "a.toml:1:"
            "a = [1, 2", "a.toml:1:"
        ] do
        let line = refusal text [] |> List.exactlyOne
        Assert.StartsWith(place, line)
        Assert.True(line.Length > place.Length + 10, line)

[<Fact>]
let ``an empty file misses what is required`` () =
    for text in [ ""; "\n\n"; "# only a comment" ] do
        Assert.Equal<string list>(
            [
                "a.toml:1:1: missing key 'name' at the top of the file"
                "a.toml:1:1: missing table [data]"
                "a.toml:1:1: missing table [model]"
                "a.toml:1:1: missing table [train]"
            ],
            refusal text []
        )

[<Fact>]
let ``an error is one line, whatever the file holds`` () =
    for text in
        [
            "\"a\\nb\" = 1"
            "name = \"x\\ny\""
            "[data]\nkind = \"a\\nb\""
            "a = \u0001"
        ] do
        for line in refusal text [] do
            Assert.StartsWith("a.toml:", line)
