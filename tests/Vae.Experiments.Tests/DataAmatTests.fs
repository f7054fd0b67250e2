module Vae.Tests.DataAmatTests

open System
open System.IO
open System.Text
open FsCheck
open FsCheck.FSharp
open Vae.Experiments.Data
open Xunit

let private columns = 3

let private write (rows: bool[][]) =
    rows
    |> Array.map (fun row -> String.Join(' ', row |> Array.map (fun one -> if one then "1" else "0")) + "\n")
    |> String.Concat
    |> Encoding.ASCII.GetBytes

let private tables =
    Gen.elements [ false; true ]
    |> Gen.arrayOfLength columns
    |> Gen.arrayOf
    |> Arb.fromGen

let private check property =
    Check.One(Config.QuickThrowOnFailure, Prop.forAll tables property)

let private parse (text: byte[]) = Amat.Parse(ReadOnlySpan text, columns)

let private refused (text: byte[]) =
    Assert.Throws<InvalidDataException>(fun () -> parse text |> ignore).Message

[<Fact>]
let ``Ones are 255 and zeros 0, row by row`` () =
    check (fun rows -> parse (write rows) = (Array.concat rows |> Array.map (fun one -> if one then 255uy else 0uy)))

[<Fact>]
let ``A text that ends within a line is refused, with its row`` () =
    check (fun rows ->
        let text = write rows

        for length in
            [ 1 .. text.Length - 1 ]
            |> List.filter (fun length -> length % (2 * columns) <> 0) do
            Assert.Contains($"row {length / (2 * columns) + 1}, column", refused text[.. length - 1]))

[<Fact>]
let ``Every other byte is refused, with row and column`` () =
    check (fun rows ->
        let text = write rows

        for i in 0 .. text.Length - 1 do
            for wrong in [ byte '2'; byte '\t'; byte '\r'; 0uy; 255uy ] do
                let damaged = Array.copy text
                damaged[i] <- wrong
                let place = $"row {i / (2 * columns) + 1}, column {i % (2 * columns) / 2 + 1}: "
                Assert.StartsWith(place, refused damaged))

[<Theory>]
[<InlineData("0 1 0 1\n", "row 1, column 3: found '0' and 0x20")>]
[<InlineData("0 1\n", "row 1, column 2: found '1' and 0x0A")>]
[<InlineData("0 1 0\n\n", "row 2, column 1: found 0x0A and the end of the file")>]
[<InlineData("0.5 1 0\n", "row 1, column 1: found '0' and '.'")>]
let ``The place and what was found are said`` (text: string, message: string) =
    Assert.StartsWith(message, refused (Encoding.ASCII.GetBytes text))
