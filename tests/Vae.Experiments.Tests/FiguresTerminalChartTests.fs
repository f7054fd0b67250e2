module Vae.Tests.FiguresTerminalChartTests

open System
open System.Text.RegularExpressions
open FsCheck
open FsCheck.FSharp
open Vae.Experiments.Figures
open Xunit

let private series name points =
    Series(name, [| for x, y in points -> struct (x, y) |])

let private plain (text: string) =
    Regex.Replace(text, "\u001b\\[[0-9;]*m", "")

let private render colour width height (all: Series list) =
    TerminalChart.Render(all, "step", width, height, colour)

/// What stands right of the y axis, row by row from the top.
let private rows (text: string) =
    [
        for line in (plain text).Split('\n') do
            match line.IndexOfAny [| '│'; '┤' |] with
            | -1 -> ()
            | at -> line.Substring(at + 1)
    ]

/// The dots of braille characters: (column, row), from the top left.
let private dots (text: string) =
    let place = [| 0, 0; 0, 1; 0, 2; 1, 0; 1, 1; 1, 2; 0, 3; 1, 3 |] // of dots 1 to 8

    set
        [
            for row, line in List.indexed (rows text) do
                for column, letter in Seq.indexed line do
                    if letter <> ' ' then
                        Assert.InRange(letter, '\u2801', '\u28FF')

                        for bit in 0..7 do
                            if (int letter >>> bit) &&& 1 = 1 then
                                let x, y = place[bit]
                                column * 2 + x, row * 4 + y
        ]

let private diagonal =
    series "rising" [ for i in 0..10 -> float (i * 100), float (i * 10) ]

[<Fact>]
let ``A rising line is a diagonal of braille dots`` () =
    let found = dots (render true 60 20 [ diagonal ])
    let columns, height = (found |> Seq.map fst |> Seq.max) + 1, 4 * 17
    Assert.InRange(columns, 2 * 50, 2 * 60)

    for column in 0 .. columns - 1 do
        let here = found |> Seq.filter (fun (x, _) -> x = column) |> Seq.map snd
        let expected = (1.0 - float column / float (columns - 1)) * float (height - 1)
        Assert.NotEmpty here

        for row in here do
            Assert.InRange(float row, expected - 1.0, expected + 1.0)

[<Fact>]
let ``Without colour each curve has its symbol, and nothing escapes`` () =
    let falling = series "falling" [ 0.0, 100.0; 1000.0, 0.0 ]
    let text = render false 60 20 [ diagonal; falling ]
    Assert.DoesNotContain("\u001b", text)
    let lines = text.Split('\n')
    Assert.Matches("^ \\* rising   \\+ falling +by step$", lines[0])
    let drawn = rows text
    Assert.Equal(17, drawn.Length)
    Assert.StartsWith("+", drawn[0])
    Assert.EndsWith("*", drawn[0])
    Assert.StartsWith("*", drawn[16])
    Assert.EndsWith("+", drawn[16])

[<Fact>]
let ``The axes say their values and the name`` () =
    let lines = (render false 60 20 [ diagonal ]).Split('\n')
    Assert.Equal("100", lines[1].Substring(0, 3))
    Assert.Equal("  0 ┤", lines[17].Substring(0, 5))
    Assert.Matches("^    └┬(─+┬)+$", lines[18])
    Assert.Matches(@"^ {5}0 .* 400 .* 1,000$", lines[19])

[<Fact>]
let ``A gap stays a gap, and a lone point is seen`` () =
    let gap =
        series "gap" [ 0.0, 1.0; 1.0, 1.4; 2.0, nan; 3.0, 2.0; 4.0, infinity; 5.0, 1.6; 6.0, 1.2 ]

    let found = dots (render true 73 12 [ gap ])
    let width = (found |> Seq.map fst |> Seq.max) + 1

    let columns =
        found |> Seq.map (fun (x, _) -> 6.0 * float x / float (width - 1)) |> set

    let near x =
        columns |> Seq.exists (fun c -> abs (c - x) < 0.05)

    Assert.True(List.forall near [ 0.0; 0.5; 1.0; 3.0; 5.0; 5.5; 6.0 ])
    Assert.DoesNotContain(columns, fun x -> (x > 1.1 && x < 2.9) || (x > 3.1 && x < 4.9))

[<Fact>]
let ``Whatever the numbers, so many lines, none too long`` () =
    let law (points: (float * float) list) (more: float list) (width: PositiveInt) (height: PositiveInt) colour =
        let width, height = 50 + width.Get, 6 + height.Get

        let all =
            [
                series "one" points
                series "more" (List.map (fun y -> 0.0, y) more)
                series "none" []
            ]

        let lines = (plain (render colour width height all)).Split('\n')
        Assert.Equal(height, lines.Length)
        Assert.All(lines, (fun line -> Assert.InRange(line.Length, 0, width)))

    Check.One(Config.QuickThrowOnFailure, law)
