module Vae.Tests.FiguresTests

open System
open System.Buffers.Binary
open System.Globalization
open System.IO
open FsCheck
open FsCheck.FSharp
open Xunit
open Vae.Experiments.Figures

let private black = Colour.Grey 0uy
let private blue = Colour.Palette[0]
let private vermilion = Colour.Palette[1]

let private series name (points: (float * float) list) =
    Series(name, [| for x, y in points -> struct (x, y) |])

let private chart (all: Series list) =
    LineChart.Render("title", "step", "nats per image", List.toArray all)

/// The pixels of exactly this colour, below the legend of a single row.
let private found colour (canvas: Canvas) =
    [
        for x in 0 .. canvas.Width - 1 do
            for y in 80 .. canvas.Height - 1 do
                if canvas[x, y] = colour then
                    x, y
    ]

let private columns colour canvas =
    found colour canvas |> List.map fst |> List.distinct

// Axis

let private ranges =
    let number =
        Gen.oneof
            [
                Gen.choose (-2000, 2000) |> Gen.map (fun n -> float n / 8.)
                ArbMap.defaults |> ArbMap.generate<NormalFloat> |> Gen.map _.Get
            ]
        |> Gen.filter (fun x -> abs x < 1e100)

    Gen.zip number number |> Gen.map (fun (a, b) -> min a b, max a b) |> Arb.fromGen

[<Fact>]
let ``a rounded axis covers its range from its first tick to its last`` () =
    let law (low, high) =
        let axis = Axis.Of(low, high, 7).Rounded()
        let ticks = List.ofSeq axis.Ticks
        let slack = axis.Step * 1e-6

        ticks.Head <= low + slack
        && List.last ticks >= high - slack
        && abs (axis.Low - ticks.Head) <= slack
        && abs (axis.High - List.last ticks) <= slack
        && ticks.Length >= 3
        // A step is at least 4/7 of a seventh of the range (3.5 becomes 2): 12.25 steps at most, and a part of one more at either end.
        && ticks.Length <= 15

    Check.QuickThrowOnFailure(Prop.forAll ranges law)

[<Fact>]
let ``steps are 1, 2 or 5 times a power of ten, and ticks are multiples of them`` () =
    let law (low, high) =
        let axis = Axis.Of(low, high, 7)
        let digit = axis.Step.ToString("e6", CultureInfo.InvariantCulture)[..7]

        List.contains digit [ "1.000000"; "2.000000"; "5.000000" ]
        && axis.Ticks
           |> Seq.forall (fun tick -> abs (tick / axis.Step - round (tick / axis.Step)) < 1e-6)
        && Seq.pairwise axis.Ticks
           |> Seq.forall (fun (a, b) -> abs (b - a - axis.Step) < 1e-6 * axis.Step)

    Check.QuickThrowOnFailure(Prop.forAll ranges law)

[<Fact>]
let ``a tick's label says the tick`` () =
    let law (low, high) =
        let axis = Axis.Of(low, high, 7).Rounded()

        axis.Ticks
        |> Seq.forall (fun tick ->
            let said =
                Double.Parse(axis.Label tick, NumberStyles.Any, CultureInfo.InvariantCulture)

            abs (said - tick) < axis.Step / 10.)

    Check.QuickThrowOnFailure(Prop.forAll ranges law)

[<Fact>]
let ``labels read as people write them`` () =
    let labels low high ticks =
        let axis = Axis.Of(low, high, ticks)
        axis.Ticks |> Seq.map axis.Label |> List.ofSeq

    Assert.Equal<string list>([ "0"; "10,000"; "20,000"; "30,000" ], labels 0. 30000. 3)
    Assert.Equal<string list>([ "-110"; "-105"; "-100" ], labels -110. -98. 3)
    Assert.Equal<string list>([ "-0.5"; "0"; "0.5"; "1.0" ], labels -0.5 1. 3)
    Assert.Equal<string list>([ "0"; "1e9"; "2e9" ], labels 0. 2e9 2)

[<Fact>]
let ``what isn't a range is refused`` () =
    for low, high in [ nan, 1.; 0., infinity; 2., 1. ] do
        Assert.Throws<ArgumentException>(fun () -> Axis.Of(low, high, 7) |> ignore)
        |> ignore

// The range of y

let private interesting points =
    let struct (low, high) =
        InterestingRange.Of [| [| for x, y in points -> struct (float x, y) |] |]

    low, high

[<Fact>]
let ``the first steps' plunge and a spike don't flatten the rest`` () =
    let tail = [ for step in 10..200 -> step, 100. + float (step % 7) ]
    let plunge = [ for step in 0..9 -> step, 540. - float (40 * step) ]
    Assert.Equal((100., 106.), interesting (plunge @ tail))
    Assert.Equal((100., 106.), interesting (tail @ [ 201, 1e9; 202, 103. ]))

[<Fact>]
let ``a curve without outliers is shown whole, and no points give the unit range`` () =
    Assert.Equal((0., 200.), interesting [ for step in 0..200 -> step, float step ])
    Assert.Equal((-5., 7.), interesting [ 0, -5.; 1, 7. ])
    Assert.Equal((0., 1.), interesting [])

// The chart

[<Fact>]
let ``a value that isn't finite leaves a gap`` () =
    for missing in [ nan; infinity; -infinity ] do
        let points = [ for x in 0..10 -> float x, (if x = 5 then missing else 3.) ]
        let inked = columns blue (chart [ series "a" points ])
        let first, last = List.min inked, List.max inked

        let at x =
            float first + x / 10. * float (last - first)

        let inside a b =
            inked |> List.filter (fun x -> float x > at a && float x < at b)

        Assert.Empty(inside 4.1 5.9)
        Assert.Equal(List.length (inside 1. 3.), List.length [ int (at 1.) + 1 .. int (at 3.) ])

[<Fact>]
let ``higher is higher, and later is further right`` () =
    let pixels =
        found blue (chart [ series "rising" [ for x in 0..10 -> float x, float (x * x) ] ])

    let top = List.minBy snd pixels
    let bottom = List.maxBy snd pixels
    Assert.True(fst top > fst bottom + 900)
    Assert.True(snd bottom - snd top > 400)

[<Fact>]
let ``a single point is a dot in the middle`` () =
    let pixels = found blue (chart [ series "a" [ 1000., -103.2 ] ])
    Assert.InRange(pixels.Length, 9, 40)
    Assert.All(pixels, fun (x, y) -> Assert.True(x > 400 && x < 800 && y > 200 && y < 520))

[<Fact>]
let ``a constant curve is a level line across the plot`` () =
    let pixels =
        found blue (chart [ series "a" [ for x in 0..200 -> float x, -1788.4 ] ])

    let rows = pixels |> List.map snd |> List.distinct
    Assert.True(rows.Length <= 3)
    Assert.True((List.maxBy fst pixels |> fst) - (List.minBy fst pixels |> fst) > 1000)

[<Fact>]
let ``each curve has its colour, and a noisy one its band`` () =
    let noisy =
        series "noisy" [ for x in 0..400 -> float x, float (x * 7919 % 101) / 10. ]

    let canvas = chart [ noisy; series "calm" [ 0., 2.; 400., 3. ] ]
    Assert.NotEmpty(found blue canvas)
    Assert.NotEmpty(found vermilion canvas)
    // The band reaches far beyond the mean; the mean itself stays near 5 of 0 to 10.
    let band = Colour.White.Under(blue, 0.3)
    let rows colour = found colour canvas |> List.map snd

    let height colour =
        List.max (rows colour) - List.min (rows colour)

    Assert.True(height band > 3 * height blue)

[<Fact>]
let ``points outside the range are counted below the plot, and nothing else is`` () =
    let quiet canvas =
        found (Colour.Grey 100uy) canvas
        |> List.filter (fun (x, y) -> y > 670 && x > 700)

    let calm = [ for x in 0..100 -> float x, float (x % 5) ]
    Assert.Empty(quiet (chart [ series "a" calm ]))
    Assert.NotEmpty(quiet (chart [ series "a" ((0., 1e6) :: calm) ]))

[<Fact>]
let ``curves stay inside the plot`` () =
    let calm = [ for x in 0..100 -> float x, float (x % 5) ]
    let canvas = chart [ series "a" ((50., 1e90) :: (51., -1e90) :: calm) ]
    Assert.All(found blue canvas, fun (_, y) -> Assert.True(y < canvas.Height - 72))

[<Fact>]
let ``ranges as small as numbers get have ticks and labels`` () =
    for points in
        [
            [ 0., 1.; 5e-324, 1e-320 ]
            [ -4.6e-120, 8e-160; 1., -8e-58; 2., 0.; 3., 1e-300; 4., 0. ]
        ] do
        Assert.True((chart [ series "tiny" points ]).Width >= 1000)

    Assert.NotEmpty(Axis.Of(0., 5e-324, 5).Ticks)

[<Fact>]
let ``no input breaks the chart`` () =
    let text =
        Gen.oneof
            [
                ArbMap.defaults |> ArbMap.generate<NonNull<string>> |> Gen.map _.Get
                Gen.constant (String('W', 500))
            ]

    let number =
        Gen.oneof
            [
                ArbMap.defaults |> ArbMap.generate<float>
                Gen.elements
                    [
                        nan
                        infinity
                        -infinity
                        Double.MaxValue
                        Double.MinValue
                        Double.Epsilon
                        0.
                        1e99
                        -1e-99
                    ]
            ]

    let one = Gen.map2 series text (Gen.listOf (Gen.zip number number))

    let inputs = Gen.zip text (Gen.listOf one) |> Arb.fromGen
    let config = Config.QuickThrowOnFailure.WithMaxTest 60

    Check.One(
        config,
        Prop.forAll inputs (fun (text, all) ->
            let canvas = LineChart.Render(text, text, text, List.toArray all)
            canvas.Width >= 1000 && canvas.Height >= 600)
    )

// Grids of images

/// The colour of the middle of a tile, by hand: margin 8, gap 2.
let private middle size scale column row =
    8 + column * (size * scale + 2) + size * scale / 2, 8 + row * (size * scale + 2) + size * scale / 2

[<Fact>]
let ``each image stands in its place`` () =
    let level i = float32 (30 * i) / 255f
    let images = [| for i in 0..6 -> level i |] |> Array.collect (Array.replicate 16)
    let canvas = ImageGrid.Render(ReadOnlySpan images, 7, 1, 4, 4, 3, 5)
    Assert.Equal((8 + 3 * 20 + 2 * 2 + 8, 8 + 3 * 20 + 2 * 2 + 8), (canvas.Width, canvas.Height))

    for i in 0..8 do
        let x, y = middle 4 5 (i % 3) (i / 3)

        let expected = if i < 7 then Colour.Grey(byte (30 * i)) else Colour.White

        Assert.Equal(expected, canvas[x, y])

    Assert.Equal(Colour.White, canvas[8 + 20, 8])

[<Fact>]
let ``every pixel of an image becomes a square`` () =
    let image = [| 0f; 1f; 0.2f; 0.4f; 0.6f; 0.8f |]
    let canvas = ImageGrid.Render(ReadOnlySpan image, 1, 1, 2, 3, 8, 2)
    Assert.Equal((22, 20), (canvas.Width, canvas.Height))

    for y in 0..3 do
        for x in 0..5 do
            let value = (array2D [ [ 0; 255; 51 ]; [ 102; 153; 204 ] ]).[y / 2, x / 2]
            Assert.Equal(Colour.Grey(byte value), canvas[8 + x, 8 + y])

[<Fact>]
let ``colour planes are red, green, blue`` () =
    let canvas =
        ImageGrid.Render(ReadOnlySpan [| 1f; 0f; 0.2f; 0f; 0f; 1f |], 1, 3, 1, 2, 1, 1)

    Assert.Equal(Colour(255uy, 51uy, 0uy), canvas[8, 8])
    Assert.Equal(Colour(0uy, 0uy, 255uy), canvas[9, 8])

[<Fact>]
let ``values out of range are clamped, and one that is no number is seen`` () =
    let canvas =
        ImageGrid.Render(ReadOnlySpan [| -3f; 7f; nanf; infinityf |], 1, 1, 1, 4, 1, 1)

    Assert.Equal<Colour list>([ black; Colour.White; vermilion; Colour.White ], [ for x in 8..11 -> canvas[x, 8] ])

[<Fact>]
let ``a reconstruction stands right below its original`` () =
    let fill value = Array.replicate 400 value
    let originals = Array.concat [ fill 0.2f; fill 0.4f; fill 0.6f ]
    let reconstructions = Array.concat [ fill 0f; fill 0.8f; fill 0.4f ]

    let canvas =
        ImageGrid.Pairs(ReadOnlySpan originals, ReadOnlySpan reconstructions, 3, 1, 20, 20, 2, 1)

    // Seen from the right: margin 8, tiles of 20, gap 2; from the top: pairs of 2 * 20 + 2, 10 between them.
    let x column =
        canvas.Width - 8 - 10 - (1 - column) * 22

    let seen =
        [
            for i in 0..2 ->
                let y = 8 + i / 2 * 52 + 10
                int canvas[x (i % 2), y].R, int canvas[x (i % 2), y + 22].R
        ]

    Assert.Equal<(int * int) list>([ 51, 0; 102, 204; 153, 102 ], seen)
    Assert.Equal(Colour.White, canvas[x 1, 8 + 52 + 10])

    let ink =
        [
            for y in 0 .. canvas.Height - 1 do
                if Seq.exists (fun x -> canvas[x, y].R < 128uy) [ 0 .. canvas.Width - 8 - 42 - 9 ] then
                    y
        ]
    // Four labels: rows of ink in each of the four rows of tiles.
    for top in [ 8; 30; 60; 82 ] do
        Assert.Contains(ink, fun y -> y > top && y < top + 20)

[<Fact>]
let ``images that don't fit their shape are refused`` () =
    let refused count channels columns scale length =
        Assert.ThrowsAny<ArgumentException>(fun () ->
            ImageGrid.Render(ReadOnlySpan(Array.zeroCreate<float32> length), count, channels, 2, 2, columns, scale)
            |> ignore)
        |> ignore

    refused 2 1 1 1 7
    refused 0 1 1 1 0
    refused 1 2 1 1 8
    refused 1 1 0 1 4
    refused 1 1 1 0 4
    refused Int32.MaxValue 3 1 1 12

// The canvas

[<Fact>]
let ``a rectangle is cut off at the canvas's edge`` () =
    let canvas = Canvas(4, 3, Colour.White)
    canvas.Fill(-5, 1, 7, Int32.MaxValue, black)

    for x in 0..3 do
        for y in 0..2 do
            Assert.Equal((if x < 2 && y >= 1 then black else Colour.White), canvas[x, y])

[<Fact>]
let ``a level line through pixel centres is crisp`` () =
    let canvas = Canvas(10, 5, Colour.White)
    canvas.Polyline([| struct (2.5, 2.5); struct (6.5, 2.5) |], black)

    for x in 0..9 do
        for y in 0..4 do
            Assert.Equal((if y = 2 && x >= 2 && x <= 6 then black else Colour.White), canvas[x, y])

[<Fact>]
let ``a slanting line has soft edges and its full ink`` () =
    let canvas = Canvas(60, 60, Colour.White)
    canvas.Polyline([| struct (10., 10.); struct (50., 30.) |], black, 3)

    let ink =
        seq {
            for x in 0..59 do
                for y in 0..59 -> 1. - float canvas[x, y].R / 255.
        }

    Assert.Contains(ink, fun a -> a > 0.1 && a < 0.9)
    // Length times thickness plus the round ends.
    let area = 3. * sqrt (40. ** 2. + 20. ** 2.) + Math.PI * 1.5 ** 2.
    Assert.InRange(Seq.sum ink, 0.97 * area, 1.03 * area)

[<Fact>]
let ``where a line turns it doesn't get darker`` () =
    let canvas = Canvas(20, 20, Colour.White)
    let grey = Colour.Grey 200uy
    canvas.Polyline([| struct (3., 3.); struct (15., 9.); struct (3., 15.); struct (15., 3.) |], grey, 3)

    for x in 0..19 do
        for y in 0..19 do
            Assert.InRange(canvas[x, y].R, 200uy, 255uy)

[<Fact>]
let ``upward text is the text turned by a quarter`` () =
    let level = Canvas(60, 60, Colour.White)
    let upward = Canvas(60, 60, Colour.White)
    level.Text("Rg7", 10, 30, black, 1.5)
    upward.Text("Rg7", 30, 50, black, 1.5, upward = true)

    for x in 0..59 do
        for y in 0..59 do
            Assert.Equal(level[x, y], upward[y, 59 - x])

[<Fact>]
let ``every printable character has a look of its own`` () =
    let look (c: char) =
        let canvas = Canvas(24, 24, Colour.White)
        canvas.Text(string c, 5, 16, black)
        canvas.Pixels.ToArray() |> Convert.ToHexString

    let looks = [ for c in '!' .. '~' -> look c ]
    // A plain l and a capital I are one stroke both.
    Assert.Equal(looks.Length - 1, (List.distinct looks).Length)
    Assert.Equal(look 'é', look '漢')

[<Fact>]
let ``text that is too long ends in dots and fits`` () =
    let law (NonNull text) (NonNegativeInt width) =
        let fitted = StrokeFont.Fit(text, float width)

        fitted = text && StrokeFont.Width text <= width
        || fitted = "..."
        || (fitted.EndsWith("...", StringComparison.Ordinal)
            && StrokeFont.Width fitted <= width
            && text.StartsWith(fitted[.. fitted.Length - 4], StringComparison.Ordinal))

    Check.QuickThrowOnFailure law

[<Fact>]
let ``a saved picture is a PNG of the canvas's size`` () =
    let path = Path.GetTempFileName()

    try
        Canvas(33, 21, blue).Save path
        let bytes = File.ReadAllBytes path
        Assert.Equal<byte[]>([| 137uy; 80uy; 78uy; 71uy |], bytes[..3])
        Assert.Equal(33, BinaryPrimitives.ReadInt32BigEndian(ReadOnlySpan(bytes, 16, 4)))
        Assert.Equal(21, BinaryPrimitives.ReadInt32BigEndian(ReadOnlySpan(bytes, 20, 4)))
    finally
        File.Delete path
