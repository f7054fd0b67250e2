/// Which runs are repetitions of one another, and which aren't.
module Vae.Tests.ConfigHashTests

open Vae.Experiments.Config
open Xunit

let private text =
    """name = "a"
[data]
kind = "glyphs"
[model]
latent = 4
[train]
steps = 30
[[evaluate]]
kind = "importance"
"""

let private hash overrides =
    ConfigHash.Of(ConfigFile.Parse(text, "a.toml", overrides))

[<Fact>]
let ``The seed, the place, the estimates and the pictures make no other experiment`` () =
    for apart in
        [
            "+seed=7"
            "+device=cuda"
            "+threads=2"
            "evaluate.0.samples=3"
            "~evaluate"
            "+figures.samples=0"
            "+train.log_every=7"
            "+train.checkpoint_every=5"
            "name=b"
            "+data.batch_size=128" // the default, said aloud
        ] do
        Assert.Equal(hash [||], hash [| apart |])

[<Fact>]
let ``Whatever changes the training does`` () =
    let hashes =
        [
            for change in
                [
                    "train.steps=31"
                    "model.latent=5"
                    "+data.batch_size=64"
                    "+data.max_train=100"
                    "+data.seed=1" // other drawings
                    "+model.encoder.kind=mlp +model.encoder.hidden=[3]"
                    "+model.encoder.kind=mlp +model.encoder.hidden=[3,3]"
                    "+model.decoder.kind=mlp +model.decoder.hidden=[3]"
                    "+optimizer.kind=sgd"
                    "+optimizer.lr=0.5"
                    "+objective.kind=iwae"
                    "+train.early_stopping.patience=3"
                ] do
                hash (change.Split ' ')
        ]

    let all = hash [||] :: hashes
    Assert.Equal<string list>(List.distinct all, all)
    Assert.All(all, fun h -> Assert.Matches("^[0-9a-f]{12}$", h))

[<Fact>]
let ``A smoke run is no repetition of the whole one`` () =
    let config = ConfigFile.Parse(text, "a.toml", [||])
    Assert.NotEqual<string>(ConfigHash.Of config, ConfigHash.Of(ConfigFile.Smoke config))
