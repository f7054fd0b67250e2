/// Networks in TOML: read, refused, built.
module Vae.Tests.ConfigNetworkTests

open System.IO
open TorchSharp
open Vae.Core.Networks
open Vae.Experiments
open Vae.Experiments.Config
open Vae.Experiments.Training
open Xunit

let private text data (encoder: string) (decoder: string) =
    $"""name = "a"
[data]
{data}
[model]
latent = 4
[model.encoder]
{encoder}
[model.decoder]
{decoder}
[train]
steps = 3
"""

let private glyphs = "kind = \"glyphs\""
let private mlp = "kind = \"mlp\""

let private parse text = ConfigFile.Parse(text, "a.toml", [||])

let private refusal text =
    let error = Assert.Throws<ExperimentException>(fun () -> parse text |> ignore)
    Assert.Equal(ExitCode.Usage, error.Code)
    error.Message

let private kinds = [ "mlp"; "nonconv"; "resnet"; "snf"; "conv" ]

[<Fact>]
let ``every kind has defaults, and what is resolved reads back`` () =
    for kind in kinds do
        let table = $"kind = \"{kind}\""
        let config = parse (text glyphs table table)
        Assert.Equal(config, parse (config.ToToml()))

[<Fact>]
let ``nonconv and resnet begin as S1's do, with slow batch norm and Xavier weights; the others plain`` () =
    let settings kind =
        let n = ((parse (text glyphs $"kind = \"{kind}\"" mlp)).Model :?> VaeConfig).Encoder
        n.Norm, n.NormMomentum, n.NormEps, n.Init

    for kind in [ "nonconv"; "resnet" ] do
        Assert.Equal((NormName.Batch, 0.001, 0.001, InitName.Xavier), settings kind)

    for kind in [ "mlp"; "conv" ] do
        Assert.Equal((NormName.None, 0.1, 1e-5, InitName.Default), settings kind)

    Assert.Equal((NormName.None, 0.1, 1e-5, InitName.Xavier), settings "snf")

[<Fact>]
let ``every kind is built for grey and colour images and for any number of parameters a pixel`` () =
    for kind in kinds do
        let model =
            (parse (text glyphs $"kind = \"{kind}\"" $"kind = \"{kind}\"")).Model :?> VaeConfig


        for shape in [ [| 1; 28; 20 |]; [| 3; 8; 12 |] ] do
            let pixels = int64 (Array.reduce (*) shape)
            use encoder = NetworkFactory.Encoder(model.Encoder, shape, 11L, torch.META)
            Assert.Equal((kind, pixels, 11L), (kind, encoder.Inputs, encoder.Outputs))
            use decoder = NetworkFactory.Decoder(model.Decoder, 4L, 2, shape, torch.META)
            Assert.Equal((kind, 4L, 2L * pixels), (kind, decoder.Inputs, decoder.Outputs))

[<Fact>]
let ``strides that do not divide the images are refused at the key, with the sizes`` () =
    Assert.Equal(
        "a.toml:8:1: the strides make 8 in all, which doesn't divide the data's images of 28x28",
        refusal (text glyphs "kind = \"resnet\"\nstages = 4" mlp)
    )

    Assert.Equal(
        "a.toml:10:1: the strides make 3 in all, which doesn't divide the data's images of 28x28",
        refusal (text glyphs mlp "kind = \"conv\"\nstrides = [3, 1]")
    )

[<Fact>]
let ``networks for images are refused where the data are none`` () =
    let points =
        "kind = \"linear-gaussian\"\n[model.likelihood]\nkind = \"unit-gaussian\""

    for kind in [ "resnet"; "snf"; "conv" ] do
        Assert.Equal(
            $"a.toml:9:1: kind = \"{kind}\" is for images, and this data has 8 numbers without rows and columns; use \"mlp\" or \"nonconv\"",
            refusal (text points $"kind = \"{kind}\"" mlp)
        )

[<Fact>]
let ``lists of convolutions that do not match, and even kernels, are refused`` () =
    let conv keys =
        refusal (text glyphs $"kind = \"conv\"\n{keys}" mlp)

    Assert.Equal("a.toml:8:1: 1 kernels for the 2 convolutions that channels lists", conv "kernel = [3]")
    Assert.Equal("a.toml:8:1: 3 strides for the 2 convolutions that channels lists", conv "strides = [1, 1, 1]")

    Assert.Equal(
        "a.toml:8:1: kernels have odd sizes, so that padding keeps the image's size; found 4",
        conv "kernel = [3, 4]"
    )

    Assert.Contains("at least one convolution is needed", conv "channels = []\nkernel = []\nstrides = []")

[<Fact>]
let ``batch norm needs more than one example`` () =
    Assert.Equal(
        "a.toml:4:1: batch norm in [model.encoder] takes mean and variance over a batch, which has a single example here; use a larger batch or norm = \"layer\"",
        refusal (text $"{glyphs}\nbatch_size = 1" "kind = \"nonconv\"" mlp)
    )

let private configured name =
    let config =
        ConfigFile.Load(Path.Combine(Outside.root, "configs", name + ".toml"), [||])

    use model = ModelFactory.Build(config.Model, [| 1; 28; 28 |], torch.META, 0u)
    model.parameters () |> Seq.sumBy _.numel()

[<Fact>]
let ``configs/resnet.toml is S1's encoder and decoder without the flow`` () =
    // ImageNetworkTests counts both by hand.
    Assert.Equal(1877574L + 644865L, configured "resnet")

[<Fact>]
let ``configs/snf.toml has the gated networks' parameters`` () =
    let gated inputs outputs kernel =
        2L * (inputs * outputs * kernel + outputs)

    let encoder =
        gated 1L 32L 25L
        + gated 32L 32L 25L
        + gated 32L 64L 25L
        + 2L * gated 64L 64L 25L
        + gated 64L 256L 49L
        + (256L * 128L + 128L)

    let decoder =
        gated 64L 64L 49L
        + gated 64L 64L 25L
        + gated 64L 32L 25L
        + 3L * gated 32L 32L 25L
        + (32L + 1L)

    Assert.Equal(encoder + decoder, configured "snf")

[<Fact>]
let ``configs/dense2d.toml and dense2d_deep.toml are mirrored down to two dimensions`` () =
    let mlp widths =
        List.pairwise widths |> List.sumBy (fun (i, o) -> int64 (i * o + o))

    let count hidden =
        mlp ([ 784 ] @ hidden @ [ 4 ]) + mlp ([ 2 ] @ List.rev hidden @ [ 784 ])

    Assert.Equal(count [ 128; 64; 32 ], configured "dense2d")
    Assert.Equal(count [ 512; 256; 128; 64; 32; 16; 8 ], configured "dense2d_deep")
