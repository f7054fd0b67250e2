/// Pictures that grow row by row.
module Vae.Tests.FiguresEvolutionTests

open System
open System.IO
open Vae.Experiments.Figures
open Vae.Primitives
open Xunit

let private height, width = 4, 3
// Two pictures; stage s has the grey level 17 s of 255 everywhere, and white in the second picture.
let private stage (s: int) =
    Array.init 24 (fun i -> if i < 12 then float32 (17 * s) / 255f else 1f)

[<Fact>]
let ``A frame shows the upper rows of its stage, and leaves the rest pale`` () =
    for stages in [ 1; 2; 4; 8 ] do
        let frames =
            SequenceEvolution.Frames([| for s in 0 .. stages - 1 -> stage s |], height, width, 2, 1)

        Assert.Equal(stages, frames.Count)

        for s, frame in Seq.indexed frames do
            let colours picture =
                // Pictures begin 8 pixels from the edge, 2 apart.
                [ for y in 0 .. height - 1 -> frame[8 + picture * (width + 2), 8 + y].R ]

            let shown = int (ceil (float ((s + 1) * height) / float stages))

            let expected (level: int) =
                List.init height (fun y -> if y < shown then byte level else 215uy)

            Assert.Equal<byte list>(expected (17 * s), colours 0)
            Assert.Equal<byte list>(expected 255, colours 1)

[<Fact>]
let ``The file shows the last frame to those who know no animations`` () =
    let path =
        Path.Combine(Directory.CreateTempSubdirectory().FullName, "evolution.png")

    let frames =
        SequenceEvolution.Frames([| for s in 0..3 -> stage s |], height, width, 2)

    Animation.Save(path, frames)
    let still = PngReader.Read(ReadOnlySpan(File.ReadAllBytes path))
    Assert.Equal((frames[3].Width, frames[3].Height, 3), (still.Width, still.Height, still.Channels))
    Assert.Equal<byte[]>(frames[3].Pixels.ToArray(), still.Pixels)

[<Fact>]
let ``What does not fit is refused`` () =
    let path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "x.png")

    let refused (act: unit -> unit) =
        Assert.ThrowsAny<ArgumentException>(act) |> ignore

    refused (fun () -> SequenceEvolution.Frames([| Array.zeroCreate 13 |], height, width, 2) |> ignore)

    refused (fun () ->
        SequenceEvolution.Frames([| stage 0; Array.zeroCreate 12 |], height, width, 2)
        |> ignore)

    refused (fun () -> Animation.Save(path, [||]))

    refused (fun () -> Animation.Save(path, [| Canvas(3, 3, Colour.White); Canvas(3, 4, Colour.White) |]))
