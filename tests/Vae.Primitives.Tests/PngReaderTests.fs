/// Pictures that a second writer made (Python's zlib and struct), of every kind that is read.
module Vae.Tests.PngReaderTests

open System
open System.IO
open FsCheck
open FsCheck.FSharp
open Vae.Primitives
open Xunit

/// A PNG file in hex by Python's standard library: depth and colour type, rows of packed bytes each with its filter's number.
let private written (script: string) =
    let preamble =
        """
import struct, zlib
def png(width, height, depth, colour, rows, palette=b'', interlace=0):
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    data = b''.join(bytes([f]) + bytes(r) for f, r in rows)
    out = b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, depth, colour, 0, 0, interlace))
    if palette: out += chunk(b'PLTE', palette)
    half = zlib.compress(data)
    return out + chunk(b'tEXt', b'a\0b') + chunk(b'IDAT', half[:5]) + chunk(b'IDAT', half[5:]) + chunk(b'IEND', b'')
"""

    match Python.run (preamble + "print(" + script + ".hex())") with
    | Ok text -> Convert.FromHexString(text.Trim())
    | Error why -> failwith why

let private read script = PngReader.Read(written script)

let private is (width, height, channels, pixels: byte list) (image: PngImage) =
    Assert.Equal((width, height, channels), (image.Width, image.Height, image.Channels))
    Assert.Equal<byte list>(pixels, List.ofArray image.Pixels)

[<Fact>]
let ``Bits, grey, colour, palettes and transparency`` () =
    read "png(3, 2, 1, 0, [(0, [0b10100000]), (0, [0b01000000])])"
    |> is (3, 2, 1, [ 255uy; 0uy; 255uy; 0uy; 255uy; 0uy ])

    read "png(3, 1, 2, 0, [(0, [0b00011100])])"
    |> is (3, 1, 1, [ 0uy; 85uy; 255uy ])

    read "png(3, 1, 4, 0, [(0, [0x0F, 0x80])])"
    |> is (3, 1, 1, [ 0uy; 255uy; 136uy ])

    read "png(2, 1, 16, 0, [(0, [1, 200, 255, 0])])" |> is (2, 1, 1, [ 1uy; 255uy ])
    read "png(1, 1, 8, 2, [(0, [1, 2, 3])])" |> is (1, 1, 3, [ 1uy; 2uy; 3uy ])
    read "png(1, 1, 8, 6, [(0, [1, 2, 3, 77])])" |> is (1, 1, 3, [ 1uy; 2uy; 3uy ])
    read "png(2, 1, 8, 4, [(0, [9, 77, 8, 77])])" |> is (2, 1, 1, [ 9uy; 8uy ])

    read "png(2, 1, 2, 3, [(0, [0b01000000])], bytes([1, 2, 3, 4, 5, 6]))"
    |> is (2, 1, 3, [ 4uy; 5uy; 6uy; 1uy; 2uy; 3uy ])

    read "png(2, 1, 1, 3, [(0, [0b01000000])], bytes([0, 0, 0, 200, 200, 200]))"
    |> is (2, 1, 1, [ 0uy; 200uy ])

[<Fact>]
let ``All five filters`` () =
    // By hand: left, above, their mean rounded down, and Paeth's choice of left, above and the corner.
    read "png(2, 5, 8, 0, [(0, [10, 20]), (1, [5, 5]), (2, [1, 1]), (3, [4, 4]), (4, [1, 1])])"
    |> is (2, 5, 1, [ 10uy; 20uy; 5uy; 10uy; 6uy; 11uy; 7uy; 13uy; 8uy; 14uy ])

[<Fact>]
let ``What is written reads back`` () =
    let pictures =
        gen {
            let! width = Gen.choose (1, 9)
            let! height = Gen.choose (1, 9)
            let! channels = Gen.elements [ 1; 3 ]

            let! pixels =
                Gen.arrayOfLength (width * height * channels) (Gen.map byte (Gen.choose (0, 255)))

            return width, height, channels, pixels
        }

    Check.One(
        Config.QuickThrowOnFailure,
        Prop.forAll (Arb.fromGen pictures) (fun (width, height, channels, pixels) ->
            use stream = new MemoryStream()
            Png.Write(stream, width, height, channels, ReadOnlySpan pixels)
            let image = PngReader.Read(ReadOnlySpan(stream.ToArray()))

            (image.Width, image.Height, image.Channels) = (width, height, channels)
            && image.Pixels = pixels)
    )

[<Fact>]
let ``What isn't a picture is refused, however it is damaged`` () =
    let good =
        written "png(3, 2, 8, 2, [(1, [1,2,3,4,5,6,7,8,9]), (4, [1,2,3,4,5,6,7,8,9])])"

    PngReader.Read(ReadOnlySpan good) |> ignore

    for length in 0 .. good.Length - 1 do
        Assert.Throws<InvalidDataException>(fun () -> PngReader.Read(ReadOnlySpan(good[.. length - 1])) |> ignore)
        |> ignore

    for at in 0 .. good.Length - 1 do
        let bad = Array.copy good
        bad[at] <- bad[at] ^^^ 0x55uy

        Assert.Throws<InvalidDataException>(fun () -> PngReader.Read(ReadOnlySpan bad) |> ignore)
        |> ignore

    Assert.Contains(
        "interlaced",
        Assert.Throws<InvalidDataException>(fun () -> read "png(1, 1, 8, 0, [(0, [1])], interlace=1)" |> ignore).Message
    )
