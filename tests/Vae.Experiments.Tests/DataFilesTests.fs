/// The user's own files, made by a second writer: Python's struct, and NumPy where the system has it.
module Vae.Tests.DataFilesTests

open System
open System.IO
open System.IO.Compression
open System.Text
open System.Threading
open Vae.Experiments
open Vae.Experiments.Config
open Vae.Experiments.Data
open Vae.Primitives
open Xunit

let private folder () =
    Directory.CreateTempSubdirectory("it's [a]? * ").FullName

let private write root name (bytes: byte[]) =
    let path = Path.Combine(root, name)
    Directory.CreateDirectory(Path.GetDirectoryName path) |> ignore
    File.WriteAllBytes(path, bytes)
    path

/// An .npy file of version 1, as NumPy's format says it.
let private npy (descr: string) (shape: string) (data: byte[]) =
    let header = $"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}), }}"
    let padded = header.PadRight((10 + header.Length + 64) / 64 * 64 - 11) + "\n"

    Array.concat
        [
            [| 0x93uy |]
            Encoding.ASCII.GetBytes "NUMPY"
            [| 1uy; 0uy; byte (padded.Length % 256); byte (padded.Length / 256) |]
            Encoding.ASCII.GetBytes padded
            data
        ]

let private idx (dimensions: int list) (data: byte[]) =
    Array.concat
        [
            [| 0uy; 0uy; 8uy; byte dimensions.Length |]
            Array.concat [ for d in dimensions -> Array.rev (BitConverter.GetBytes d) ]
            data
        ]

let private zipped (bytes: byte[]) =
    use file = new MemoryStream()

    (use gzip = new GZipStream(file, CompressionMode.Compress)
     gzip.Write(bytes, 0, bytes.Length))

    file.ToArray()

let private load (config: FilesConfig) =
    Datasets.Load(config, DataFolders([], "/none", true), null, CancellationToken.None)

let private refusal (config: FilesConfig) =
    let error = Assert.Throws<ExperimentException>(fun () -> load config |> ignore)
    Assert.Equal(ExitCode.Data, error.Code)
    error.Message

[<Fact>]
let ``IDX and NumPy files, zipped or not, hold the same pixels`` () =
    let root = folder ()
    let pixels = [| 0uy .. 23uy |]

    for path in
        [
            write root "a" (idx [ 4; 2; 3 ] pixels)
            write root "a.gz" (zipped (idx [ 4; 2; 3 ] pixels))
            write root "a.npy" (npy "|u1" "4, 2, 3" pixels)
            write root "b.npy" (npy "|u1" "4, 1, 2, 3" pixels)
            write root "c.npy" (npy "|u1" "4, 2, 3, 1" pixels)
        ] do
        let config = FilesConfig(Train = path, Test = path, Binarise = BinariseName.Grey)
        Assert.Equal<int list>([ 1; 2; 3 ], List.ofSeq (DataShapes.Of config))
        let data = load config
        Assert.Equal<int list>([ 1; 2; 3 ], List.ofSeq data.Shape)
        Assert.Equal<byte[]>(pixels, data.Train.Pixels)
        Assert.Equal<byte[]>(pixels, data.Test.Pixels)
        Assert.Equal((4, 0, 4), (data.Train.Count, data.Valid.Count, data.Test.Count))

[<Fact>]
let ``Colours come first, whichever way the file has them`` () =
    let root = folder ()
    // One picture, two pixels high: red 1, 2; green 3, 4; blue 5, 6.
    let first =
        write root "first.npy" (npy "|u1" "1, 3, 2, 1" [| 1uy; 2uy; 3uy; 4uy; 5uy; 6uy |])

    let last =
        write root "last.npy" (npy "|u1" "1, 2, 1, 3" [| 1uy; 3uy; 5uy; 2uy; 4uy; 6uy |])

    for path in [ first; last ] do
        let data = load (FilesConfig(Train = path, Test = path))
        Assert.Equal<int list>([ 3; 2; 1 ], List.ofSeq data.Shape)
        Assert.Equal<byte[]>([| 1uy .. 6uy |], data.Train.Pixels)

[<Fact>]
let ``Real numbers are taken as they are`` () =
    let root = folder ()
    let numbers = [| 0.5; -1.0; 3.25; 1e-3 |]

    let doubles =
        write root "d.npy" (npy "<f8" "2, 2" (numbers |> Array.collect (fun (x: float) -> BitConverter.GetBytes x)))

    let singles =
        write root "s.npy" (npy "<f4" "2, 2" (numbers |> Array.collect (fun x -> BitConverter.GetBytes(float32 x))))

    for path in [ doubles; singles ] do
        let data = load (FilesConfig(Train = path, Test = path))
        Assert.Equal<float32[]>(Array.map float32 numbers, data.Train.Values)
        Assert.Equal(Binarisation.None, data.Binarisation)
        Assert.Equal<int list>([ 2 ], List.ofSeq data.Shape)

[<Fact>]
let ``Folders of pictures are classes`` () =
    let root = folder ()

    let picture (value: byte) =
        use stream = new MemoryStream()
        Png.Write(stream, 2, 1, 3, ReadOnlySpan [| value; 0uy; 9uy; value; 1uy; 9uy |])
        stream.ToArray()

    for name, value in [ "b/x.png", 3uy; "a/2.png", 2uy; "a/1.png", 1uy ] do
        write root name (picture value) |> ignore

    let data = load (FilesConfig(Train = root, Test = root))
    Assert.Equal<int list>([ 3; 1; 2 ], List.ofSeq data.Shape)
    Assert.Equal<int[]>([| 0; 0; 1 |], data.Train.Labels)
    Assert.Equal(2, data.Classes)

    Assert.Equal<byte[]>(
        [|
            for value in [ 1uy; 2uy; 3uy ] do
                yield! [| value; value; 0uy; 1uy; 9uy; 9uy |]
        |],
        data.Train.Pixels
    )

[<Fact>]
let ``What is held out is drawn by the seed, each example once, with its label`` () =
    let root = folder ()
    let path = write root "a" (idx [ 50; 1; 1 ] [| 0uy .. 49uy |])

    let labels =
        write
            root
            "l.npy"
            (npy "<i8" "50," ([| 100L .. 149L |] |> Array.collect (fun (x: int64) -> BitConverter.GetBytes x)))

    let split seed =
        load (FilesConfig(Train = path, TrainLabels = labels, ValidSize = 10, TestSize = 15, Seed = seed))

    let data = split 0
    let parts = [ data.Train; data.Valid; data.Test ]
    Assert.Equal<int list>([ 25; 10; 15 ], [ for part in parts -> part.Count ])

    Assert.Equal<byte list>(
        [ 0uy .. 49uy ],
        List.sort
            [
                for part in parts do
                    yield! part.Pixels
            ]
    )

    Assert.Equal<int list>(
        [
            for p in parts do
                for x in p.Pixels -> int x + 100
        ],
        [
            for p in parts do
                yield! p.Labels
        ]
    )

    Assert.Equal<byte[]>(data.Test.Pixels, (split 0).Test.Pixels)
    Assert.NotEqual<byte[]>(data.Test.Pixels, (split 1).Test.Pixels)

[<Fact>]
let ``What is wrong with a file is said with its name`` () =
    let root = folder ()
    let good = write root "good" (idx [ 2; 2; 2 ] [| 1uy .. 8uy |])

    let refused train =
        refusal (FilesConfig(Train = train, Test = good))

    for name, bytes, words in
        [
            "short.npy", npy "|u1" "2, 2, 2" [| 1uy |], "1 bytes of elements, expected 8"
            "text.npy", npy "<U5" "2, 2" [||], "elements of type '<U5'"
            "order.npy", Encoding.ASCII.GetBytes "x", "IDX"
            "four.npy", npy "|u1" "1, 2, 2, 2" [| 1uy .. 8uy |], "[1, 2, 2, 2]"
            "int.npy", npy "<i4" "1, 1" [| 1uy; 0uy; 0uy; 0uy |], "I4"
            "half.gz", (zipped (idx [ 2; 2; 2 ] [| 1uy .. 8uy |]))[..20], "half.gz"
        ] do
        let path = write root name bytes
        let message = refused path
        Assert.StartsWith($"{path}: ", message)
        Assert.Contains(words, message)

    Assert.Contains("missing", refused (Path.Combine(root, "missing")))
    let other = write root "other" (idx [ 2; 3; 2 ] [| 1uy .. 12uy |])
    Assert.Contains("[1, 3, 2]", refusal (FilesConfig(Train = good, Test = other)))
    let labels = write root "labels" (idx [ 3 ] [| 1uy .. 3uy |])
    Assert.Contains("3 labels for 2 examples", refusal (FilesConfig(Train = good, TrainLabels = labels, Test = good)))
    let empty = Directory.CreateDirectory(Path.Combine(root, "empty")).FullName
    Assert.Contains("no PNG", refused empty)

let private floats (numbers: float32 list) =
    Array.concat [ for x in numbers -> BitConverter.GetBytes x ]

[<Fact>]
let ``What is no number is found, with its place in the file`` () =
    let root = folder ()

    for name, shape, numbers, words in
        [
            "v.npy", "2, 3", [ 1f; 2f; 3f; 4f; nanf; 6f ], "the number at [1, 1] is NaN"
            "p.npy", "2, 1, 3", [ 1f; 2f; -infinityf; 4f; nanf; 6f ], "the number at [0, 0, 2] is infinite"
        ] do
        let path = write root name (npy "<f4" shape (floats numbers))
        Assert.StartsWith($"{path}: {words}", refusal (FilesConfig(Train = path, Test = path)))

[<Fact>]
let ``A label may be unknown, but not outside its range`` () =
    let root = folder ()
    let examples = write root "x" (idx [ 3; 1; 1 ] [| 1uy .. 3uy |])

    let labels name (numbers: int list) =
        write root name (npy "<i4" "3," (Array.concat [ for n in numbers -> BitConverter.GetBytes n ]))

    let config path =
        FilesConfig(Train = examples, TrainLabels = path, Test = examples)

    let data = load (config (labels "some" [ 4; -1; 0 ]))
    Assert.Equal<int[]>([| 4; -1; 0 |], data.Train.Labels)
    Assert.Null data.Test.Labels
    Assert.Equal(5, data.Classes)

    for odd in [ 256; -2 ] do
        let path = labels $"odd{odd}" [ 1; 0; odd ]

        Assert.Equal(
            $"{path}: the label at [2] is {odd}; allowed are 0 to 255, and -1 where it isn't known",
            refusal (config path)
        )

    let error =
        Assert.Throws<ExperimentException>(fun () ->
            load (
                FilesConfig(
                    Train = examples,
                    Test = examples,
                    TestLabels = labels "t" [ 0; 1; 2 ],
                    Labelled = Nullable 1
                )
            )
            |> ignore)

    Assert.Equal(ExitCode.Usage, error.Code)
    Assert.Contains("labelled = 1, but the training examples have no labels", error.Message)

/// A sequence of so many steps of two numbers: start, start + 1, ...
let private sequence (start: int) (steps: int) =
    npy "<f4" $"{steps}, 2" (floats [ for i in 0 .. 2 * steps - 1 -> float32 (start + i) ])

[<Fact>]
let ``Ragged sequences are filled up with zeros to the longest of all splits, and keep their lengths`` () =
    let train, test = folder (), folder ()

    for root, name, start, steps in
        [
            train, "b/1.npy", 10, 2
            train, "a/2.npy", 30, 1
            train, "a/1.npy", 20, 3
            test, "b/1.npy", 40, 4
        ] do
        write root name (sequence start steps) |> ignore

    let config = FilesConfig(Train = train, Test = test)
    Assert.Equal<int list>([ 4; 2 ], List.ofSeq (DataShapes.Of config))
    let data = load config
    Assert.Equal<int list>([ 4; 2 ], List.ofSeq data.Shape)
    Assert.Equal<int[]>([| 3; 1; 2 |], data.Train.Lengths)
    Assert.Null data.Test.Lengths // all whole
    Assert.Equal<int[]>([| 0; 0; 1 |], data.Train.Labels)
    Assert.Equal<int[]>([| 1 |], data.Test.Labels) // "b", as in training, though its only folder
    Assert.Equal<float32 list>([ 40f .. 47f ], List.ofArray data.Test.Values)
    let zeros n = List.replicate n 0f

    Assert.Equal<float32 list>(
        [ 20f .. 25f ] @ zeros 2 @ [ 30f; 31f ] @ zeros 6 @ [ 10f .. 13f ] @ zeros 4,
        List.ofArray data.Train.Values
    )

    Assert.True(DataShapes.AreRagged config)
    Assert.False(DataShapes.AreRagged(FilesConfig(Train = test, TestSize = 0)))
    Assert.False(config.IsBinary)

    let halves = load (FilesConfig(Train = train, TestSize = 1, ValidSize = 1))

    for part in [ halves.Train; halves.Valid; halves.Test ] do
        let full = part.Values |> Array.filter ((<>) 0f) |> Array.length
        Assert.Equal(2 * (if isNull part.Lengths then 3 else part.Lengths[0]), full)

[<Fact>]
let ``What is wrong with a sequence is said with its file and place`` () =
    for bytes, words in
        [
            sequence 0 0, "a sequence of no steps"
            npy "<f4" "2, 2" (floats [ 1f; 2f; 3f; nanf ]), "the number at [1, 1] is NaN"
            npy "<f4" "2, 3" (floats [ 1f .. 6f ]), "3 numbers a step, but the sequences before it have 2"
            npy "<f4" "2," (floats [ 1f; 2f ]), "an array of [2]; a sequence is [T, D]"
            npy "|u1" "1, 2" [| 1uy; 2uy |], "elements of type U1; a sequence is of floating-point numbers"
        ] do
        let root = folder ()
        write root "a.npy" (sequence 5 2) |> ignore
        let path = write root "b.npy" bytes
        Assert.StartsWith($"{path}: {words}", refusal (FilesConfig(Train = root, Test = root)))

    let train, test = folder (), folder ()
    write train "a/1.npy" (sequence 5 2) |> ignore
    write test "c/1.npy" (sequence 5 2) |> ignore
    Assert.Contains("'c' is no class of the training examples", refusal (FilesConfig(Train = train, Test = test)))
    write train "a/1.png" [||] |> ignore
    Assert.Contains("both PNG pictures and NumPy files", refusal (FilesConfig(Train = train, Test = train)))

[<Fact>]
let ``A model that is none of sequences is warned of the zeros that fill them up; one that is, is not`` () =
    let warnings model steps =
        let root = folder ()
        write root "a.npy" (sequence 5 2) |> ignore
        write root "b.npy" (sequence 5 steps) |> ignore

        let text =
            $"name = 'a'\n[data]\nkind = 'files'\ntrain = \"{root}\"\ntest_size = 1\n[model]\nkind = '{model}'\nlatent = 2\n[model.likelihood]\nkind = 'unit-gaussian'\n[train]\nsteps = 1"

        List.ofSeq (ConfigFile.Warnings(ConfigFile.Parse(text, "a.toml", [||])))

    Assert.Contains("takes the zeros that fill up the shorter ones as data", Assert.Single(warnings "vae" 3))
    Assert.Empty(warnings "vae" 2)
    Assert.Empty(warnings "vrnn" 3)
