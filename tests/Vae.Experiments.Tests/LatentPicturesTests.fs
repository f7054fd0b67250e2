/// Encodings in the plane, and pictures of the latent space.
module Vae.Tests.LatentPicturesTests

open System
open System.Collections.Generic
open TorchSharp
open Vae.Experiments.Evaluation
open Vae.Experiments.Figures
open Vae.Primitives
open Vae.Torch
open Xunit

type Tensor = torch.Tensor

let private normal (rows: int64) (columns: int64) =
    let examples =
        torch.arange (Scalar.op_Implicit rows, dtype = torch.ScalarType.Int64)

    PhiloxTensor.Normal(PhiloxKey(5u, 6u), 0L, examples, 0L, 1L, columns).squeeze(0L)

[<Fact>]
let ``Principal components find the plane in which the variance lies`` () =
    use _ = torch.NewDisposeScope()
    // Two directions at right angles, of deviations 3 and 1, in five dimensions: 90 % and 10 % of the variance.
    let a = torch.tensor([| 0.6f; 0.8f; 0.0f; 0.0f; 0.0f |]).view(1L, 5L)
    let b = torch.tensor([| 0.0f; 0.0f; 0.0f; 0.6f; -0.8f |]).view(1L, 5L)
    let n = normal 4000L 2L
    let s, t = n.narrow (1L, 0L, 1L) * Scalar.op_Implicit 3.0f, n.narrow (1L, 1L, 1L)
    let points = s * a + t * b + Scalar.op_Implicit 7.0f
    let struct (plane, first, second) = PrincipalComponents.Of points
    Assert.Equal(0.9, first, 0.01)
    Assert.Equal(0.1, second, 0.01)

    let correlation (x: Tensor) (y: Tensor) =
        let centred (v: Tensor) = v - v.mean ()
        let x, y = centred (x.``double`` ()), centred (y.``double`` ())
        ((x * y).sum() / ((x * x).sum() * (y * y).sum()).sqrt()).item<float>()

    Assert.Equal(1.0, abs (correlation (plane.narrow (1L, 0L, 1L)) s), 1e-3)
    Assert.Equal(1.0, abs (correlation (plane.narrow (1L, 1L, 1L)) t), 1e-3)

[<Fact>]
let ``Points of no variance are no error`` () =
    use _ = torch.NewDisposeScope()

    let struct (plane, first, second) =
        PrincipalComponents.Of(torch.ones ([| 10L; 3L |]))

    Assert.Equal((0.0, 0.0), (first, second))
    Assert.Equal(0.0, plane.abs().max().item<float>())

[<Fact>]
let ``A scatter plot shows each class in a colour of its own`` () =
    let classes =
        [|
            for c in 0..9 -> Series($"{c}", [| struct (float c, float c); struct (float c + 0.1, float c) |])
        |]

    let canvas = ScatterPlot.Render("title", "z1", "z2", classes)

    let seen =
        HashSet
            [
                for y in 100 .. canvas.Height - 80 do
                    for x in 80 .. canvas.Width - 1 -> canvas[x, y]
            ]

    let colours = [ for c in 0..9 -> Colour.OfClass(c, 10) ]
    Assert.Equal(10, colours |> List.distinct |> List.length)
    Assert.All(colours, fun colour -> Assert.True(seen.Contains colour))

[<Fact>]
let ``Empty and wild points are drawn somehow`` () =
    for points in
        [
            [||]
            [| struct (nan, 1.0) |]
            [| struct (1.0, 1.0) |]
            [|
                struct (1e300, 0.0)
                struct (0.0, -1e300)
                struct (Double.PositiveInfinity, 0.0)
            |]
        ] do
        ScatterPlot.Render("", "", "", [| Series("a", points) |]) |> ignore

[<Fact>]
let ``Examples without a label are grey, and leave the classes their colours`` () =
    use _ = torch.NewDisposeScope()
    let points = torch.tensor([| 0f; 0f; 1f; 1f; 2f; 0f |]).view(3L, 2L)
    let canvas = Encodings.Plane(points, [| 0; -1; 1 |], "title")

    let pixels =
        HashSet
            [
                for x in 0 .. canvas.Width - 1 do
                    for y in 0 .. canvas.Height - 1 -> canvas[x, y]
            ]

    Assert.Contains(Colour.OfClass(0, 2), pixels)
    Assert.Contains(Colour.OfClass(1, 2), pixels)
    Assert.Contains(Colour.Grey 190uy, pixels)
