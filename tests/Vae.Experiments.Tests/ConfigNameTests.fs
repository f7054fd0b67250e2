/// The distance between words, against known values, and the suggestions that come of it.
module Vae.Tests.ConfigNameTests

open FsCheck
open FsCheck.FSharp
open Vae.Experiments.Config
open Xunit

[<Fact>]
let ``distances of the literature`` () =
    for a, b, distance in
        [
            "kitten", "sitting", 3
            "saturday", "sunday", 3
            "ca", "abc", 3 // optimal string alignment; the unrestricted distance is 2
            "hiden", "hidden", 1
            "tset", "test", 1
            "", "abc", 3
            "abc", "", 3
            "same", "same", 0
            "Case", "cASE", 0
        ] do
        Assert.Equal(distance, NearestName.Distance(a, b))

[<Fact>]
let ``distance is symmetric, and zero only for the same word`` () =
    let word =
        Gen.listOf (Gen.elements [ 'a'; 'b'; 'c' ])
        |> Gen.map (List.toArray >> System.String)

    Check.QuickThrowOnFailure(
        Prop.forAll (Arb.fromGen (Gen.zip word word)) (fun (a, b) ->
            let distance = NearestName.Distance(a, b)

            distance = NearestName.Distance(b, a)
            && (distance = 0) = (a = b)
            && distance >= abs (a.Length - b.Length)
            && distance <= max a.Length b.Length)
    )

[<Fact>]
let ``one edit is one, a swap of neighbours too`` () =
    let word =
        Gen.listOfLength 6 (Gen.elements [ 'a' .. 'z' ])
        |> Gen.map (List.toArray >> System.String)

    Check.QuickThrowOnFailure(
        Prop.forAll (Arb.fromGen (Gen.zip word (Gen.choose (0, 4)))) (fun (word, at) ->
            let swapped = word.Remove(at, 2).Insert(at, $"{word[at + 1]}{word[at]}")

            NearestName.Distance(word, word.Remove(at, 1)) = 1
            && NearestName.Distance(word, word.Insert(at, "-")) = 1
            && NearestName.Distance(word, word.Remove(at, 1).Insert(at, "-")) = 1
            && NearestName.Distance(word, swapped) = (if swapped = word then 0 else 1))
    )

[<Fact>]
let ``the nearest name, when one is near`` () =
    let kinds = [ "glyphs"; "mnist"; "binarized-mnist"; "fashion-mnist" ]
    Assert.Equal("mnist", NearestName.Of("mnsit", kinds))
    Assert.Equal("mnist", NearestName.Of("MNIST", kinds))
    Assert.Equal("binarized-mnist", NearestName.Of("binarised_mnist", kinds))
    Assert.Equal("glyphs", NearestName.Of("glyph", kinds))
    Assert.Null(NearestName.Of("cifar10", kinds))
    Assert.Null(NearestName.Of("anything", []))

[<Fact>]
let ``names of keys and of words`` () =
    for name, key in
        [
            "Lr", "lr"
            "BatchSize", "batch_size"
            "MaxNonfiniteSteps", "max_nonfinite_steps"
            "Beta1", "beta1"
        ] do
        Assert.Equal(key, Naming.Key name)

    for member', word in [ "ClosedForm", "closed-form"; "MonteCarlo", "monte-carlo"; "Relu", "relu" ] do
        Assert.Equal(word, Naming.Word member')
