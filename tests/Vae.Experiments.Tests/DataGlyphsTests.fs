module Vae.Tests.DataGlyphsTests

open System
open System.Threading
open Vae.Experiments.Config
open Vae.Experiments.Data
open Xunit

let private load train valid test seed =
    Glyphs.Load(train, valid, test, seed, Binarisation.Dynamic)

let private large = lazy load 3000 0 1000 0u

let private images (split: Split) = split.Pixels |> Array.chunkBySize 784

/// The mean image of each digit.
let private means (split: Split) =
    [|
        for digit in 0..9 ->
            let own =
                Array.zip split.Labels (images split)
                |> Array.filter (fst >> (=) digit)
                |> Array.map snd

            Array.init 784 (fun j -> own |> Array.averageBy (fun image -> float image[j]))
    |]

let private distance (a: float[]) (b: float[]) =
    Array.fold2 (fun sum x y -> sum + (x - y) * (x - y)) 0.0 a b

[<Fact>]
let ``An image depends on seed, split and index alone`` () =
    let few, many = load 10 5 5 7u, load 50 30 20 7u
    Assert.Equal<byte[]>(few.Train.Pixels, many.Train.Take(10).Pixels)
    Assert.Equal<int[]>(few.Train.Labels, many.Train.Take(10).Labels)
    Assert.Equal<byte[]>(few.Valid.Pixels, many.Valid.Take(5).Pixels)
    Assert.Equal<byte[]>(few.Test.Pixels, many.Test.Take(5).Pixels)
    Assert.Equal<byte[]>(few.Train.Pixels, (load 10 5 5 7u).Train.Pixels)

[<Fact>]
let ``Seeds, splits and indices give different images`` () =
    let a, b = load 50 50 50 0u, load 50 50 50 1u

    let all =
        [|
            for set in [ a; b ] do
                for split in [ set.Train; set.Valid; set.Test ] do
                    yield! images split
        |]

    Assert.Equal(300, all |> Array.map Convert.ToHexString |> Array.distinct |> Array.length)
    Assert.NotEqual<string>(a.Sha256["content"], b.Sha256["content"])

[<Fact>]
let ``Every machine draws the same bytes`` () =
    // Only arithmetic that IEEE 754 defines to the last bit goes into a glyph.
    Assert.Equal(
        "f2227287c146af1d7fa94d3537296495f6f503d7246405e8a22988225e905bc8",
        (load 200 0 0 0u).Sha256["content"]
    )

[<Fact>]
let ``Digits look like MNIST's: bright on black, 20 pixels high, away from the border`` () =
    let data = large.Value
    Assert.Equal<int[]>([| 1; 28; 28 |], Array.ofSeq data.Shape)
    Assert.InRange(data.Train.Pixels |> Array.averageBy float, 25.0, 40.0)

    for image in images data.Train do
        let inked =
            [|
                for i in 0..783 do
                    if image[i] > 127uy then
                        i / 28, i % 28
            |]

        let rows, columns = Array.map fst inked, Array.map snd inked
        Assert.InRange(max (Array.max rows - Array.min rows) (Array.max columns - Array.min columns), 15, 22)
        Assert.Equal(255uy, Array.max image)

        let border =
            [|
                for i in 0..27 do
                    i
                    27 * 28 + i
                    28 * i
                    28 * i + 27
            |]

        Assert.True(border |> Array.forall (fun i -> image[i] = 0uy))

[<Fact>]
let ``All ten digits are about equally frequent`` () =
    let labels = large.Value.Train.Labels
    let n = float labels.Length

    for digit in 0..9 do
        let count = labels |> Array.filter ((=) digit) |> Array.length |> float
        Assert.InRange(count, n * 0.1 - 5.0 * sqrt (n * 0.09), n * 0.1 + 5.0 * sqrt (n * 0.09))

[<Fact>]
let ``Labels say what is drawn: the nearest mean image finds most of them`` () =
    let data = large.Value
    let means = means data.Train

    for a in 0..9 do
        for b in 0 .. a - 1 do
            Assert.True(distance means[a] means[b] > 784.0 * 100.0, $"digits {a} and {b} look the same on average")

    let right =
        Array.zip data.Test.Labels (images data.Test)
        |> Array.filter (fun (label, image) ->
            let image = Array.map float image
            label = (Seq.indexed means |> Seq.minBy (snd >> distance image) |> fst))
        |> Array.length

    Assert.InRange(float right / float data.Test.Count, 0.7, 1.0) // chance: 0.1

[<Fact>]
let ``A config names sizes, seed, binarisation and caps`` () =
    let config =
        GlyphsConfig(
            TrainSize = 30,
            ValidSize = 20,
            TestSize = 10,
            Seed = 3,
            Binarise = BinariseName.Threshold,
            MaxTrain = 8,
            MaxTest = 40
        )

    let folders = DataFolders([||], "/nowhere", true)
    let data = Datasets.Load(config, folders, null, CancellationToken.None)
    Assert.Equal<int list>([ 8; 20; 10 ], [ data.Train.Count; data.Valid.Count; data.Test.Count ])
    Assert.Equal(8 * 784, data.Train.Pixels.Length)
    Assert.Equal(8, data.Train.Labels.Length)
    Assert.Equal(Binarisation.Threshold, data.Binarisation)
    Assert.Equal<byte[]>((load 8 0 0 3u).Train.Pixels, data.Train.Pixels)
    Assert.Equal(784, data.Dimensions)
    Assert.Equal(10, data.Classes)

[<Fact>]
let ``Of labelled = 25 as many of each digit keep their label, drawn by the seed; the others lose it`` () =
    let labels (config: GlyphsConfig) =
        let data =
            Datasets.Load(config, DataFolders([||], "/nowhere", true), null, CancellationToken.None)

        Assert.All(data.Test.Labels, fun label -> Assert.InRange(label, 0, 9))
        data.Train.Labels

    let small labelled seed =
        labels (GlyphsConfig(TrainSize = 300, TestSize = 20, Labelled = Nullable labelled, LabelledSeed = seed))

    let all = (load 300 0 0 0u).Train.Labels
    let some = small 25 0
    Assert.All(Array.zip all some, fun (truth, label) -> Assert.True(label = -1 || label = truth))

    let counts =
        [ for digit in 0..9 -> some |> Array.filter ((=) digit) |> Array.length ]

    Assert.Equal(25, List.sum counts)
    Assert.All(counts, fun count -> Assert.InRange(count, 2, 3))
    Assert.Equal<int[]>(some, small 25 0)
    Assert.NotEqual<int[]>(some, small 25 1)
    Assert.All(small 0 0, fun label -> Assert.Equal(-1, label))
    Assert.Equal<int[]>(all, small 1000 0)
