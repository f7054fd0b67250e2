module Vae.Tests.SweepGridTests

open System
open FsCheck
open FsCheck.FSharp
open Vae.Experiments
open Vae.Experiments.Sweeps
open Xunit

let private points (words: string list) =
    [ for point in SweepGrid.Of words -> List.ofSeq point.Overrides ]

[<Fact>]
let ``Every combination is a point, the last word's values changing fastest`` () =
    Assert.Equal<string list list>(
        [
            [ "a=1"; "x=9"; "b=[1,2]" ]
            [ "a=1"; "x=9"; "b=[3]" ]
            [ "a=2"; "x=9"; "b=[1,2]" ]
            [ "a=2"; "x=9"; "b=[3]" ]
        ],
        points [ "a=1,2"; "x=9"; "b=[1,2],[3]" ]
    )

[<Fact>]
let ``Commas within brackets, braces and quotes belong to the value`` () =
    Assert.Equal<string list list>(
        [ [ "a={k: 1, l: [2,3]}" ]; [ "a='x,y'" ]; [ "a=\"p,'q\"" ]; [ "a=z" ] ],
        points [ "a={k: 1, l: [2,3]},'x,y',\"p,'q\",z" ]
    )

[<Fact>]
let ``Ranges are Hydra's: the end isn't reached`` () =
    Assert.Equal<string list list>([ [ "s=2" ]; [ "s=3" ]; [ "s=4" ] ], points [ "s=range(2,5)" ])
    Assert.Equal<string list list>([ [ "s=0" ]; [ "s=1" ] ], points [ "s=range(2)" ])
    Assert.Equal<string list list>([ [ "s=0" ]; [ "s=0.1" ]; [ "s=0.2" ] ], points [ "s=range(0,0.3,0.1)" ])
    Assert.Equal<string list list>([ [ "s=3" ]; [ "s=2" ] ], points [ "s=range(3,1,-1)" ])

[<Fact>]
let ``What doesn't vary isn't named, and repetitions are one point`` () =
    let named = SweepGrid.Of [ "a=1"; "b=2,3"; "~c"; "+d=4" ]
    Assert.Equal<string list>([ "b=2"; "b=3" ], [ for point in named -> string point ])
    Assert.Equal<string list list>([ [ "a=1"; "~c" ] ], points [ "a=1,1"; "~c" ])

[<Fact>]
let ``There are as many points as the product of the lists' lengths`` () =
    let lengths = Gen.listOf (Gen.choose (1, 4)) |> Gen.map (List.truncate 5)

    Check.One(
        Config.QuickThrowOnFailure,
        Prop.forAll (Arb.fromGen lengths) (fun lengths ->
            let words = lengths |> List.mapi (fun i n -> $"k{i}=" + String.Join(',', [ 1..n ]))

            let made = points words

            made.Length = List.fold (*) 1 lengths
            && (List.distinct made).Length = made.Length)
    )
