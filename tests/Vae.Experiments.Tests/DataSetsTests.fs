/// OMNIGLOT, CalTech 101 Silhouettes and Frey faces against what is known of them.
module Vae.Tests.DataSetsTests

open System
open System.Buffers.Binary
open System.IO
open System.IO.Compression
open System.Text
open System.Threading
open Vae.Experiments.Config
open Vae.Experiments.Data
open Xunit

let private shared = Outside.shared "data" |> Option.defaultValue "/none"

let private load config =
    Datasets.Load(config, DataFolders([ shared ], shared, true), null, CancellationToken.None)

let inline private mean numbers = numbers |> Seq.averageBy float

let private counts (data: Dataset) =
    [ data.Train.Count; data.Valid.Count; data.Test.Count ]

let private all (data: Dataset) =
    Seq.concat [ data.Train.Pixels; data.Valid.Pixels; data.Test.Pixels ]

let private published name =
    use file =
        new GZipStream(File.OpenRead(Path.Combine(shared, name)), CompressionMode.Decompress)

    use content = new MemoryStream()
    file.CopyTo content
    content.ToArray()

[<SharedFact("data/omniglot-28x28")>]
let ``OMNIGLOT is the original split`` () =
    let data = load (OmniglotConfig())
    Assert.Equal<int list>([ 18000; 1280; 13180 ], counts data)
    Assert.Equal(21.492017, mean data.Test.Pixels, 1e-6)
    Assert.Equal(19.874234, mean (Seq.append data.Train.Pixels data.Valid.Pixels), 1e-6)
    Assert.Equal(14.957469, mean (Seq.append data.Train.Labels data.Valid.Labels), 1e-6)
    Assert.Equal<int list>([ 30..49 ], List.sort (List.ofSeq (Seq.distinct data.Test.Labels)))
    Assert.True(Seq.length (Seq.distinct data.Valid.Labels) > 20) // drawn from everywhere, not the last alphabet

[<SharedFact("data/caltech101-silhouettes")>]
let ``Silhouettes stand upright, with the object 1`` () =
    let data = load (Caltech101SilhouettesConfig())
    Assert.Equal<int list>([ 4100; 2264; 2307 ], counts data)
    Assert.Equal(Binarisation.Static, data.Binarisation)

    for split, name in [ data.Train, "train"; data.Valid, "valid"; data.Test, "test" ] do
        // The same images by another hand: transposed to rows, with the background 1.
        let images = (published $"caltech101-silhouettes/{name}-images-idx3-ubyte.gz")[16..]
        Assert.Equal<byte[]>(Array.map (fun p -> if p = 0uy then 255uy else 0uy) images, split.Pixels)

        Assert.Equal<int[]>(
            published $"caltech101-silhouettes/{name}-labels-idx1-ubyte.gz"
            |> Array.skip 8
            |> Array.map int,
            split.Labels
        )

[<SharedFact("data/frey-faces")>]
let ``Frey's face is there in every frame once`` () =
    let data = load (FreyFacesConfig())
    Assert.Equal<int list>([ 1565; 200; 200 ], counts data)
    Assert.Equal<int list>([ 1; 28; 20 ], List.ofSeq data.Shape)

    let frames (pixels: byte[]) =
        pixels |> Array.chunkBySize 560 |> Array.map Convert.ToHexString |> Array.sort

    Assert.Equal<string[]>(
        frames ((published "frey-faces/frey-faces-idx3-ubyte.gz")[16..]),
        frames (Array.ofSeq (all data))
    )

    Assert.NotEqual<byte[]>(data.Test.Pixels, (load (FreyFacesConfig(Seed = 1))).Test.Pixels)

[<Fact>]
let ``A drawing is reduced to the inked part of each cell`` () =
    let size = 105 * 105
    Assert.All(Omniglot.Reduce(ReadOnlySpan(Array.zeroCreate<byte> size)), fun p -> Assert.Equal(255uy, p))
    Assert.All(Omniglot.Reduce(ReadOnlySpan(Array.create size 255uy)), fun p -> Assert.Equal(0uy, p))
    let one = Array.create size 255uy
    // Pixel 3 of row 0 lies by three quarters in the first cell: 12 of 225 parts, and by one in the second: 4 of 225.
    one[3] <- 0uy
    let cells = Omniglot.Reduce(ReadOnlySpan one)
    Assert.Equal<byte list>([ 14uy; 5uy ], [ cells[0]; cells[1] ]) // 255 * 12 / 225 = 13.6, 255 * 4 / 225 = 4.5
    Assert.Equal(2, cells |> Seq.filter (fun p -> p > 0uy) |> Seq.length)

let private element (kind: int) (data: byte[]) =
    let header = Array.zeroCreate<byte> 8
    BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan 0, kind)
    BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan 4, data.Length)
    Array.concat [ header; data; Array.zeroCreate ((8 - data.Length % 8) % 8) ]

let private matrix (name: string) (rows: int) (columns: int) kind data =
    element
        14
        (Array.concat
            [
                element 6 [| 9uy; 0uy; 0uy; 0uy; 0uy; 0uy; 0uy; 0uy |]
                element 5 (Array.append (BitConverter.GetBytes rows) (BitConverter.GetBytes columns))
                element 1 (Encoding.ASCII.GetBytes name)
                element kind data
            ])

let private zip (bytes: byte[]) =
    use file = new MemoryStream()

    (use zlib = new ZLibStream(file, CompressionMode.Compress)
     zlib.Write(bytes, 0, bytes.Length))

    let data = file.ToArray()
    Array.concat [ BitConverter.GetBytes 15; BitConverter.GetBytes data.Length; data ]

let private mat elements =
    let header = Array.create 128 32uy
    header[126] <- byte 'I'
    header[127] <- byte 'M'
    Array.concat (header :: elements)

[<Fact>]
let ``MATLAB's matrices, zipped, of bytes and of doubles`` () =
    let file =
        mat
            [
                zip (matrix "images" 2 3 2 [| 1uy .. 6uy |])
                matrix "numbers" 1 2 9 ([| 7.0; 255.0 |] |> Array.collect (fun (x: float) -> BitConverter.GetBytes x))
                matrix "fractions" 1 1 9 (BitConverter.GetBytes 0.5)
            ]

    let found = MatFile.Parse(ReadOnlySpan file)
    Assert.Equal<string list>([ "images"; "numbers" ], List.sort (List.ofSeq found.Keys))
    Assert.Equal<byte[]>([| 1uy; 3uy; 5uy; 2uy; 4uy; 6uy |], found["images"].RowMajor())
    Assert.Equal<byte[]>([| 7uy; 255uy |], found["numbers"].Values)

    for length in [ 0; 100; 128 + 5; file.Length - 3 ] do
        Assert.Throws<InvalidDataException>(fun () -> MatFile.Parse(ReadOnlySpan(file[.. length - 1])) |> ignore)
        |> ignore
