module Vae.Tests.PngTests

open System
open System.Buffers.Binary
open System.IO
open System.IO.Compression
open FsCheck
open FsCheck.FSharp
open Xunit
open Vae.Primitives

let private encode width height channels (pixels: byte[]) =
    use stream = new MemoryStream()
    Png.Write(stream, width, height, channels, pixels)
    stream.ToArray()

/// CRC-32 bit by bit, as its definition reads.
let private crc (data: byte[]) =
    let mutable register = UInt32.MaxValue

    for value in data do
        register <- register ^^^ uint32 value

        for _ in 1..8 do
            let carry = register &&& 1u
            register <- register >>> 1

            if carry = 1u then
                register <- register ^^^ 0xEDB88320u

    ~~~register

/// A second reader, of every PNG with 8 bits a channel, grey or RGB, not interlaced.
let private decode (png: byte[]) =
    Assert.Equal<byte[]>([| 137uy; 80uy; 78uy; 71uy; 13uy; 10uy; 26uy; 10uy |], png[..7])

    let number (at: int) =
        BinaryPrimitives.ReadInt32BigEndian(ReadOnlySpan(png, at, 4))

    let rec chunks at =
        if at = png.Length then
            []
        else
            let length = number at
            Assert.Equal(crc png[at + 4 .. at + 7 + length], uint32 (number (at + 8 + length)))
            let name = Text.Encoding.ASCII.GetString(png, at + 4, 4)
            (name, png[at + 8 .. at + 7 + length]) :: chunks (at + 12 + length)

    match chunks 8 with
    | [ "IHDR", header; "IDAT", data; "IEND", [||] ] ->
        let width = BinaryPrimitives.ReadInt32BigEndian(ReadOnlySpan header)
        let height = BinaryPrimitives.ReadInt32BigEndian(ReadOnlySpan(header, 4, 4))
        Assert.Equal(8uy, header[8])
        Assert.Equal<byte[]>([| 0uy; 0uy; 0uy |], header[10..])
        let channels = if header[9] = 0uy then 1 else 3
        Assert.Equal((if channels = 1 then 0uy else 2uy), header[9])
        use zlib = new ZLibStream(new MemoryStream(data), CompressionMode.Decompress)
        use raw = new MemoryStream()
        zlib.CopyTo raw
        let raw = raw.ToArray()
        let stride = width * channels
        Assert.Equal((stride + 1) * height, raw.Length)
        let pixels = Array.zeroCreate (stride * height)

        for y in 0 .. height - 1 do
            for i in 0 .. stride - 1 do
                let left =
                    if i < channels then
                        0uy
                    else
                        pixels[y * stride + i - channels]

                let up = if y = 0 then 0uy else pixels[(y - 1) * stride + i]

                let predicted =
                    match raw[y * (stride + 1)] with
                    | 0uy -> 0uy
                    | 1uy -> left
                    | 2uy -> up
                    | other -> failwith $"filter {other}"

                pixels[y * stride + i] <- raw[y * (stride + 1) + 1 + i] + predicted

        width, height, channels, pixels
    | other -> failwith $"chunks: {List.map fst other}"

type private Picture =
    {
        Width: int
        Height: int
        Channels: int
        Pixels: byte[]
    }

let private pictures =
    gen {
        let! width = Gen.choose (1, 40)
        let! height = Gen.choose (1, 40)
        let! channels = Gen.elements [ 1; 3 ]
        let! noise = Gen.elements [ 1; 4; 256 ]

        let! values =
            Gen.choose (0, noise - 1) |> Gen.arrayOfLength (width * height * channels)
        // A gradient plus noise: every filter wins somewhere.
        let pixels = values |> Array.mapi (fun i value -> byte (i / channels + value))

        return
            {
                Width = width
                Height = height
                Channels = channels
                Pixels = pixels
            }
    }

[<Fact>]
let ``the checksum has its catalogue's value`` () =
    Assert.Equal(0xCBF43926u, Crc32.Of("123456789"B))
    Assert.Equal(0u, Crc32.Of(ReadOnlySpan<byte>.Empty))
    Assert.Equal(0xAE426082u, Crc32.Of("IEND"B))

[<Fact>]
let ``a second reader gets the same pixels`` () =
    Check.QuickThrowOnFailure(
        Prop.forAll (Arb.fromGen pictures) (fun p ->
            decode (encode p.Width p.Height p.Channels p.Pixels) = (p.Width, p.Height, p.Channels, p.Pixels))
    )

[<Fact>]
let ``equal pixels give equal bytes`` () =
    Check.QuickThrowOnFailure(
        Prop.forAll (Arb.fromGen pictures) (fun p ->
            let once () =
                encode p.Width p.Height p.Channels (Array.copy p.Pixels)

            once () = once ())
    )

[<Fact>]
let ``filters make a gradient small`` () =
    let gradient = Array.init (256 * 256) (fun i -> byte (i % 256 + i / 256))
    Assert.True((encode 256 256 1 gradient).Length < 2000)

[<Fact>]
let ``sizes that don't fit are refused`` () =
    let refused width height channels length =
        Assert.ThrowsAny<ArgumentException>(fun () -> encode width height channels (Array.zeroCreate length) |> ignore)
        |> ignore

    refused 0 1 1 0
    refused 1 -1 1 1
    refused 2 2 2 8
    refused 2 2 3 11
    refused 2 2 1 5
    refused Int32.MaxValue Int32.MaxValue 3 3
