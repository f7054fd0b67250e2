module Vae.Tests.DataMnistTests

open System
open System.IO
open System.Threading
open Vae.Experiments.Config
open Vae.Experiments.Data
open Xunit

let private folder = Outside.shared "data" |> Option.defaultValue "/none"
let private folders = DataFolders([ folder ], folder, true)

let private load config =
    Datasets.Load(config, folders, null, CancellationToken.None)

let inline private mean numbers = numbers |> Array.averageBy float

let private counts (data: Dataset) =
    [ data.Train.Count; data.Valid.Count; data.Test.Count ]

let private labelMeans (data: Dataset) =
    [
        mean (Array.append data.Train.Labels data.Valid.Labels)
        mean data.Test.Labels
    ]

let private pixelMeans (data: Dataset) =
    [
        mean (Array.append data.Train.Pixels data.Valid.Pixels)
        mean data.Test.Pixels
    ]

let private near (expected: float list) (found: float list) =
    List.iter2 (fun (e: float) (f: float) -> Assert.Equal(e, f, 1e-6)) expected found

[<SharedFact("data/mnist")>]
let ``MNIST is the published one, its last 10,000 for validation`` () =
    let data = load (MnistConfig())
    Assert.Equal<int list>([ 50000; 10000; 10000 ], counts data)
    Assert.Equal<int[]>([| 1; 28; 28 |], Array.ofSeq data.Shape)
    near [ 33.318421; 33.791224 ] (pixelMeans data)
    near [ 4.453933; 4.443400 ] (labelMeans data)
    Assert.Equal(Binarisation.Dynamic, data.Binarisation)
    // The first labels of train and test, as every tutorial shows them; and the first ones of the last 10,000.
    Assert.Equal<int[]>([| 5; 0; 4; 1; 9 |], data.Train.Labels[..4])
    Assert.Equal<int[]>([| 7; 2; 1; 0; 4 |], data.Test.Labels[..4])
    Assert.Equal<int[]>([| 3; 8; 6; 9; 6 |], data.Valid.Labels[..4])
    Assert.Equal(4, data.Sha256.Count)

    Assert.Equal(
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        data.Sha256["t10k-images-idx3-ubyte.gz"]
    )

[<SharedFact("data/mnist")>]
let ``Validation may be empty, and caps keep the first`` () =
    let data =
        load (MnistConfig(ValidSize = 0, MaxTest = 3, Binarise = BinariseName.Grey))

    Assert.Equal<int list>([ 60000; 0; 3 ], counts data)
    Assert.Empty data.Valid.Pixels
    Assert.Equal<int[]>([| 7; 2; 1 |], data.Test.Labels)
    Assert.Equal(Binarisation.Grey, data.Binarisation)

[<SharedFact("data/fashion-mnist")>]
let ``Fashion-MNIST is the published one`` () =
    let data = load (FashionMnistConfig(Binarise = BinariseName.Threshold))
    Assert.Equal<int list>([ 50000; 10000; 10000 ], counts data)
    near [ 72.940352; 73.146567 ] (pixelMeans data)
    near [ 4.5; 4.5 ] (labelMeans data)
    Assert.Equal(Binarisation.Threshold, data.Binarisation)

[<SharedFact("data/binarized-mnist")>]
let ``Binarized MNIST is Larochelle's`` () =
    let data = load (BinarizedMnistConfig())
    Assert.Equal<int list>([ 50000; 10000; 10000 ], counts data)
    near [ 0.130562; 0.131127; 0.132512 ] [ for s in [ data.Train; data.Valid; data.Test ] -> mean s.Pixels / 255.0 ]
    Assert.True(data.Test.Pixels |> Array.forall (fun p -> p = 0uy || p = 255uy))
    Assert.Null data.Train.Labels
    Assert.Equal(Binarisation.Static, data.Binarisation)

    Assert.Equal(
        "e6687bfea3f820c174f33b7865140b2a2dd2930ef786f35d45795fc193b5ab2c",
        data.Sha256["binarized_mnist_test.amat"]
    )

[<SharedFact("data")>]
let ``The catalog finds all files right`` () =
    let rows =
        DataCatalog.Status folders
        |> Seq.filter (fun row -> row.State <> DataFileState.Generated && row.DataSet <> "omniglot") // its drawings; what is there is reduced
        |> List.ofSeq

    Assert.Equal(17, rows.Length)
    Assert.All(rows, fun row -> Assert.Equal(DataFileState.Ok, row.State))
    Assert.All(rows, fun row -> Assert.Equal(Nullable(FileInfo(row.Path).Length), row.Size))

[<SharedFact("data/omniglot-28x28")>]
let ``Sixteen-bit IDX files are read`` () =
    let path =
        Path.Combine(folder, "omniglot-28x28", "background-characters-idx1-short.gz")

    let classes = IdxArray.Read(path).ToWords()
    Assert.Equal(19280, classes.Length)
    Assert.Equal((0s, 963s), (Array.min classes, Array.max classes))
