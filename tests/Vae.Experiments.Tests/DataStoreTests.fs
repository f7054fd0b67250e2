module Vae.Tests.DataStoreTests

open System
open System.IO
open System.IO.Compression
open System.Security.Cryptography
open Vae.Experiments
open Vae.Experiments.Data
open Xunit

let private content = Array.init 5000 (fun i -> byte (i % 7))

let private zip (level: CompressionLevel) (bytes: byte[]) =
    use memory = new MemoryStream()

    do
        use gzip = new GZipStream(memory, level)
        gzip.Write(bytes, 0, bytes.Length)

    memory.ToArray()

let private hash (bytes: byte[]) =
    Convert.ToHexStringLower(SHA256.HashData bytes)

let private published = zip CompressionLevel.SmallestSize content

let private zipped =
    DataFile("images.gz", int64 published.Length, hash published, int64 content.Length, hash content)

let private plain = DataFile.Plain("text.amat", int64 content.Length, hash content)
let private source = DataSource("set", "none", [], [ zipped; plain ])

/// A data folder with this file in it, and a second, empty one behind.
let private withFile (name: string) (bytes: byte[]) (test: DataStore -> string -> unit) =
    let folder = Directory.CreateTempSubdirectory "store"

    try
        let path =
            Path.Combine(Directory.CreateDirectory(Path.Combine(folder.FullName, "set")).FullName, name)

        File.WriteAllBytes(path, bytes)
        test (DataStore(DataFolders([ folder.FullName; "/none" ], "/none", true))) path
    finally
        folder.Delete true

[<Fact>]
let ``A file is welcome as its mirrors serve it, and zipped or unzipped by others`` () =
    for file, name, bytes, key, sha256 in
        [
            zipped, "images.gz", published, "images.gz", hash published
            zipped, "images", content, "images", hash content
            plain, "text.amat", content, "text.amat", hash content
            plain, "text.amat.gz", zip CompressionLevel.Fastest content, "text.amat", hash content
            plain, "text.amat.gz", zip CompressionLevel.NoCompression content, "text.amat", hash content
        ] do
        withFile name bytes (fun store path ->
            let read = store.Read(source, file)
            Assert.Equal<byte[]>(content, read.Bytes)
            Assert.Equal((path, key, sha256), (read.Path, read.Name, read.Sha256))
            let status = store.Status(source, file)

            Assert.Equal(
                (DataFileState.Ok, path, Nullable(int64 bytes.Length)),
                (status.State, status.Path, status.Size)
            ))

[<Fact>]
let ``A damaged file is named, never used and never touched`` () =
    let damage (bytes: byte[]) =
        let copy = Array.copy bytes
        copy[copy.Length / 2] <- copy[copy.Length / 2] ^^^ 4uy
        copy

    for file, name, bytes, expected in
        [
            zipped, "images.gz", damage published, hash published
            zipped, "images.gz", zip CompressionLevel.NoCompression content, hash published
            zipped, "images.gz", published[..20], hash published
            zipped, "images", damage content, hash content
            plain, "text.amat", content[..100], hash content
            plain, "text.amat", [||], hash content
            plain, "text.amat.gz", zip CompressionLevel.Fastest (damage content), hash content
        ] do
        withFile name bytes (fun store path ->
            let failure =
                Assert.Throws<ExperimentException>(fun () -> store.Read(source, file) |> ignore)

            Assert.Equal(ExitCode.Data, failure.Code)
            Assert.StartsWith($"{path}: ", failure.Message)
            Assert.Contains(expected, failure.Message)
            Assert.Equal<byte[]>(bytes, File.ReadAllBytes path)
            Assert.Equal(DataFileState.Wrong, store.Status(source, file).State))

[<Fact>]
let ``A zipped twin that is cut off is told`` () =
    let bytes = zip CompressionLevel.Fastest content

    withFile "text.amat.gz" bytes[.. bytes.Length - 20] (fun store path ->
        let failure =
            Assert.Throws<ExperimentException>(fun () -> store.Read(source, plain) |> ignore)

        Assert.Equal(ExitCode.Data, failure.Code)
        Assert.StartsWith($"{path}: ", failure.Message)
        Assert.Equal(DataFileState.Wrong, store.Status(source, plain).State))

[<Fact>]
let ``The catalog has a row for every file and every data set, and says what is missing`` () =
    let rows = DataCatalog.Status(DataFolders([ "/none" ], "/none", true))

    let states =
        rows
        |> Seq.map (fun row -> row.DataSet, row.State)
        |> Seq.countBy id
        |> Set.ofSeq

    Assert.Equal<Set<_>>(
        Set.ofList
            [
                ("glyphs", DataFileState.Generated), 1
                ("linear-gaussian", DataFileState.Generated), 1
                ("factor-analysis", DataFileState.Generated), 1
                ("mnist", DataFileState.Missing), 4
                ("fashion-mnist", DataFileState.Missing), 4
                ("binarized-mnist", DataFileState.Missing), 3
                ("omniglot", DataFileState.Missing), 2
                ("omniglot-28x28", DataFileState.Missing), 4
                ("caltech101-silhouettes", DataFileState.Missing), 1
                ("frey-faces", DataFileState.Missing), 1
            ],
        states
    )

    Assert.All(rows, fun row -> Assert.False(String.IsNullOrEmpty row.Licence || String.IsNullOrEmpty row.How))

[<Fact>]
let ``Slices and caps keep pixels and labels together`` () =
    let split =
        Split("train", 4, [| 0uy .. 7uy |], null, [| 10..13 |], Lengths = [| 1..4 |])

    let tail = split.Slice("valid", 3, 1)
    Assert.Equal(("valid", 1), (tail.Name, tail.Count))
    Assert.Equal<byte[]>([| 6uy; 7uy |], tail.Pixels)
    Assert.Equal<int[]>([| 13 |], tail.Labels)
    Assert.Equal<int[]>([| 4 |], tail.Lengths)
    let moved = split.InOrder [| 2; 0 |]
    Assert.Equal<byte[]>([| 4uy; 5uy; 0uy; 1uy |], moved.Pixels)
    Assert.Equal<int[]>([| 12; 10 |], moved.Labels)
    Assert.Equal<int[]>([| 3; 1 |], moved.Lengths)
    Assert.Equal<byte[]>([| 0uy .. 3uy |], split.Take(2).Pixels)
    Assert.Same(split, split.Take(9))
    Assert.Same(split, split.Take(Nullable()))
    Assert.Empty(split.Slice("valid", 4, 0).Pixels)
