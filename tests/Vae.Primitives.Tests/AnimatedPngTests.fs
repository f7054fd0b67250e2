module Vae.Tests.AnimatedPngTests

open System
open System.Buffers.Binary
open System.Diagnostics
open System.IO
open System.IO.Compression
open System.Text
open FsCheck
open FsCheck.FSharp
open Vae.Primitives
open Xunit

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

let private number (bytes: byte[]) (at: int) =
    BinaryPrimitives.ReadInt32BigEndian(ReadOnlySpan(bytes, at, 4))

let private chunks (png: byte[]) =
    let rec from at =
        if at = png.Length then
            []
        else
            let length = number png at
            Assert.Equal(crc png[at + 4 .. at + 7 + length], uint32 (number png (at + 8 + length)))

            (Encoding.ASCII.GetString(png, at + 4, 4), png[at + 8 .. at + 7 + length])
            :: from (at + 12 + length)

    Assert.Equal<byte[]>([| 137uy; 80uy; 78uy; 71uy; 13uy; 10uy; 26uy; 10uy |], png[..7])
    from 8

/// The pixels of a zlib stream whose rows are filtered by None, Sub or Up.
let private unpack width channels (data: byte[]) =
    use zlib = new ZLibStream(new MemoryStream(data), CompressionMode.Decompress)
    use raw = new MemoryStream()
    zlib.CopyTo raw
    let rows = raw.ToArray() |> Array.chunkBySize (width * channels + 1)

    let undo (above: byte[]) (row: byte[]) =
        let line = Array.zeroCreate (row.Length - 1)

        for i in 0 .. line.Length - 1 do
            let left = if i < channels then 0uy else line[i - channels]

            line[i] <-
                row[i + 1]
                + (match row[0] with
                   | 0uy -> 0uy
                   | 1uy -> left
                   | 2uy -> above[i]
                   | other -> failwith $"filter {other}")

        line

    rows
    |> Array.scan undo (Array.zeroCreate (width * channels))
    |> Array.tail
    |> Array.concat

let private encode width height channels (frames: byte[] list) delay (pause: Nullable<int>) last =
    use stream = new MemoryStream()
    let frames = [| for frame in frames -> ReadOnlyMemory<byte> frame |]
    AnimatedPng.Write(stream, width, height, channels, frames, delay, pause, last)
    stream.ToArray()

/// The still picture and the animation, each frame with its delay in ms.
let private decode width height channels (png: byte[]) =
    let unpack = unpack width channels
    let mutable sequence = 0

    let next (data: byte[]) =
        Assert.Equal(sequence, number data 0)
        sequence <- sequence + 1

    let mutable still = None
    let mutable delay = None
    let mutable declared = 0

    let frames =
        [
            for name, data in chunks png do
                match name with
                | "IHDR" ->
                    Assert.Equal<int list>([ width; height ], [ number data 0; number data 4 ])
                    Assert.Equal((if channels = 1 then 0uy else 2uy), data[9])
                | "acTL" ->
                    Assert.Equal((None, 0), (still, number data 4)) // before the picture; for ever
                    declared <- number data 0
                | "fcTL" ->
                    next data
                    Assert.Equal(26, data.Length)
                    Assert.Equal<int list>([ width; height; 0; 0 ], [ for at in 4..4..16 -> number data at ])
                    Assert.Equal<byte[]>([| 3uy; 232uy; 0uy; 0uy |], data[22..]) // of 1000; no disposal, no blending
                    delay <- Some(int (BinaryPrimitives.ReadUInt16BigEndian(ReadOnlySpan(data, 20, 2))))
                | "IDAT" ->
                    still <- Some(unpack data)

                    match delay with
                    | Some d -> unpack data, d
                    | None -> ()
                | "fdAT" ->
                    next data
                    unpack data[4..], delay.Value
                | "IEND" -> Assert.Empty data
                | other -> failwith other
        ]

    Assert.Equal(declared, frames.Length)
    still.Value, frames

let private animations =
    gen {
        let! width = Gen.choose (1, 9)
        let! height = Gen.choose (1, 9)
        let! channels = Gen.elements [ 1; 3 ]
        let! count = Gen.choose (1, 5)

        let! frames =
            Gen.choose (0, 255)
            |> Gen.map byte
            |> Gen.arrayOfLength (width * height * channels)
            |> Gen.listOfLength count

        let! delay = Gen.elements [ 1; 80; 65535 ]
        let! last = Gen.elements [ false; true ]
        return width, height, channels, frames, delay, last
    }

[<Fact>]
let ``a second reader gets every frame, its delay and the still picture`` () =
    let law (width, height, channels, frames: byte[] list, delay, last) =
        let png = encode width height channels frames delay (Nullable 1234) last
        let still, played = decode width height channels png
        let count = frames.Length

        List.map fst played = frames
        && List.map snd played = List.init count (fun i -> if i = count - 1 then 1234 else delay)
        && still = (if last then List.last frames else frames.Head)

    Check.One(Config.QuickThrowOnFailure, Prop.forAll (Arb.fromGen animations) law)

[<Fact>]
let ``who knows no animations reads the still picture`` () =
    let frames = [ for i in 0..2 -> Array.init 12 (fun j -> byte (50 * i + j)) ]

    let still last =
        (PngReader.Read(ReadOnlySpan(encode 4 3 1 frames 80 (Nullable()) last))).Pixels

    Assert.Equal<byte[]>(frames[0], still false)
    Assert.Equal<byte[]>(frames[2], still true)

let private python (code: string) (file: string) =
    let start = ProcessStartInfo("/usr/bin/python3", RedirectStandardOutput = true)

    for argument in [ "-c"; code; file ] do
        start.ArgumentList.Add argument

    use python = Process.Start start
    let output = python.StandardOutput.ReadToEnd()
    python.WaitForExit()
    python.ExitCode, output.Trim()

/// A fact that asks Pillow; skipped, and counted as skipped, where the system's python3 has none.
type PillowFactAttribute() as this =
    inherit FactAttribute()

    do
        let find =
            "import importlib.util, sys; sys.exit(importlib.util.find_spec('PIL') is None)"

        if not (File.Exists "/usr/bin/python3") || fst (python find "") <> 0 then
            this.Skip <- "/usr/bin/python3 has no PIL"

[<PillowFact>]
let ``Pillow plays the same frames`` () =
    let frames = [ for i in 0..2 -> Array.init 36 (fun j -> byte (50 * i + 3 * j)) ]

    let code =
        "import sys; from PIL import Image\n"
        + "im = Image.open(sys.argv[1])\n"
        + "for i in range(im.n_frames):\n"
        + "    im.seek(i); print(int(im.info.get('duration', 0)), im.convert('RGB').tobytes().hex())"

    for last in [ false; true ] do
        let path = Path.GetTempFileName()

        try
            File.WriteAllBytes(path, encode 4 3 3 frames 80 (Nullable 900) last)
            let exit, output = python code path
            Assert.Equal(0, exit)
            let lines = output.Split '\n'
            // Pillow counts a still picture that is none of the animation as a first frame.
            let played = lines[lines.Length - 3 ..]

            for i in 0..2 do
                let delay = if i = 2 then 900 else 80
                Assert.Equal($"{delay} {Convert.ToHexStringLower frames[i]}", played[i])
        finally
            File.Delete path

[<Fact>]
let ``what does not fit is refused`` () =
    let refused frames delay pause =
        Assert.ThrowsAny<ArgumentException>(fun () -> encode 2 2 1 frames delay pause false |> ignore)
        |> ignore

    refused [] 80 (Nullable())
    refused [ Array.zeroCreate 4; Array.zeroCreate 5 ] 80 (Nullable())
    refused [ Array.zeroCreate 4 ] 0 (Nullable())
    refused [ Array.zeroCreate 4 ] 80 (Nullable 65536)
