module Vae.Tests.DataIdxTests

open System
open System.Buffers.Binary
open System.IO
open System.IO.Compression
open FsCheck
open FsCheck.FSharp
open Vae.Experiments
open Vae.Experiments.Data
open Xunit

/// The format as its inventors describe it: 00 00 type rank, lengths and elements big-endian.
let private write (code: byte) (lengths: int list) (elements: byte[]) =
    let bigEndian (n: int) =
        let four = Array.zeroCreate 4
        BinaryPrimitives.WriteInt32BigEndian(Span four, n)
        four

    Array.concat
        [
            [| 0uy; 0uy; code; byte lengths.Length |]
            Array.collect bigEndian (Array.ofList lengths)
            elements
        ]

let private files =
    gen {
        let! lengths =
            Gen.choose (0, 5)
            |> Gen.listOf
            |> Gen.filter (fun l -> l.Length >= 1 && l.Length <= 4)

        let! words = Gen.elements [ false; true ]
        let count = List.fold (*) 1 lengths * (if words then 2 else 1)
        let! elements = Gen.choose (0, 255) |> Gen.map byte |> Gen.arrayOfLength count
        return words, lengths, elements
    }
    |> Arb.fromGen

let private check property =
    Check.One(Config.QuickThrowOnFailure, Prop.forAll files property)

let private parse (bytes: byte[]) = IdxArray.Parse(ReadOnlyMemory bytes)

let private refused (bytes: byte[]) =
    Assert.Throws<InvalidDataException>(fun () -> parse bytes |> ignore).Message

[<Fact>]
let ``What was written is read`` () =
    check (fun (words, lengths, elements) ->
        let read = parse (write (if words then 0x0Buy else 0x08uy) lengths elements)

        read.Type = (if words then IdxType.Word else IdxType.Byte)
        && List.ofSeq read.Dimensions = lengths
        && read.Data.ToArray() = elements)

[<Fact>]
let ``Sixteen-bit integers come in this machine's order`` () =
    let read =
        parse (write 0x0Buy [ 3 ] [| 0x01uy; 0x02uy; 0xFFuy; 0xFEuy; 0x80uy; 0x00uy |])

    Assert.Equal<int16[]>([| 258s; -2s; -32768s |], read.ToWords())

[<Fact>]
let ``Every truncation and every trailing byte is refused`` () =
    check (fun (words, lengths, elements) ->
        let file = write (if words then 0x0Buy else 0x08uy) lengths elements

        for length in 0 .. file.Length - 1 do
            refused file[.. length - 1] |> ignore

        refused (Array.append file [| 0uy |]) |> ignore)

[<Theory>]
[<InlineData("01000801", "01000801")>]
[<InlineData("00010801", "00010801")>]
[<InlineData("00000D01", "00000D01")>]
[<InlineData("00000800", "00000800")>]
[<InlineData("89504E470D0A", "89504E47")>]
let ``A wrong magic is named`` (start: string, found: string) =
    let message =
        refused (Array.append (Convert.FromHexString start) (Array.zeroCreate 64))

    Assert.Contains(found, message)
    Assert.Contains("expected", message)

[<Theory>]
[<InlineData("FFFFFFFF")>]
[<InlineData("0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF")>]
[<InlineData("8000000000000000")>]
let ``Lengths whose product overflows are refused`` (lengths: string) =
    let rank = byte (lengths.Length / 8)

    let file =
        Array.concat
            [
                [| 0uy; 0uy; 8uy; rank |]
                Convert.FromHexString lengths
                Array.zeroCreate 16
            ]

    Assert.Contains("declares", refused file)

[<Fact>]
let ``A file is read zipped or not, and a bad one is named with exit code 3`` () =
    let folder = Directory.CreateTempSubdirectory "idx"

    try
        let path = Path.Combine(folder.FullName, "x-ubyte")
        let file = write 0x08uy [ 2; 2 ] [| 1uy; 2uy; 3uy; 4uy |]
        File.WriteAllBytes(path, file)
        Assert.Equal<byte[]>([| 1uy; 2uy; 3uy; 4uy |], IdxArray.Read(path).Data.ToArray())

        let zipped =
            use memory = new MemoryStream()

            do
                use gzip = new GZipStream(memory, CompressionLevel.Fastest)
                gzip.Write(file, 0, file.Length)

            memory.ToArray()

        File.WriteAllBytes(path, zipped)
        Assert.Equal<int[]>([| 2; 2 |], Array.ofSeq (IdxArray.Read(path).Dimensions))

        for damaged in [ file[..10]; zipped[.. zipped.Length - 12]; [||] ] do
            File.WriteAllBytes(path, damaged)

            let failure =
                Assert.Throws<ExperimentException>(fun () -> IdxArray.Read path |> ignore)

            Assert.Equal(ExitCode.Data, failure.Code)
            Assert.StartsWith($"{path}: ", failure.Message)
            Assert.IsType<InvalidDataException> failure.InnerException |> ignore
    finally
        folder.Delete true

[<Fact>]
let ``Bytes insists on the shape`` () =
    let read = parse (write 0x08uy [ 2; 3 ] (Array.zeroCreate 6))
    Assert.Equal(6, read.Bytes(ReadOnlySpan [| 2; 3 |]).Length)

    let failure =
        Assert.Throws<InvalidDataException>(fun () -> read.Bytes(ReadOnlySpan [| 3; 2 |]) |> ignore)

    Assert.Contains("2x3", failure.Message)
    Assert.Contains("3x2", failure.Message)
