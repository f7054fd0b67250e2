/// Clusters against classes: by trying every permutation, and by hand.
module Vae.Tests.MetricTests

open System
open FsCheck
open FsCheck.FSharp
open Vae.Core.Metrics
open Xunit

let rec private permutations (items: int list) : int list seq =
    match items with
    | [] -> Seq.singleton []
    | _ ->
        seq {
            for item in items do
                for rest in permutations (List.except [ item ] items) -> item :: rest
        }

let private matrices =
    gen {
        let! rows = Gen.choose (1, 6)
        let! columns = Gen.choose (rows, 6)
        let! most = Gen.elements [ 1; 5; 1000 ] // many ties, some, hardly any

        let! values =
            Gen.choose (-most, most) |> Gen.map int64 |> Gen.arrayOfLength (rows * columns)

        return Array2D.init rows columns (fun i j -> values[i * columns + j])
    }

[<Fact>]
let ``No permutation is better than the matching`` () =
    let law (values: int64[,]) =
        let rows, columns = Array2D.length1 values, Array2D.length2 values

        let worth columns =
            columns |> Seq.mapi (fun i j -> values[i, j]) |> Seq.sum

        let matched = Matching.Best values

        let best =
            permutations [ 0 .. columns - 1 ] |> Seq.map (Seq.take rows >> worth) |> Seq.max

        matched.Length = rows
        && (Array.distinct matched).Length = rows
        && matched |> Array.forall (fun j -> j >= 0 && j < columns)
        && worth matched = best

    Check.One(Config.QuickThrowOnFailure.WithMaxTest 300, Prop.forAll (Arb.fromGen matrices) law)

let private labelled =
    gen {
        let! clusters = Gen.choose (1, 5)
        let! classes = Gen.choose (1, 5)
        let! n = Gen.choose (1, 40)
        let! c = Gen.choose (0, clusters - 1) |> Gen.arrayOfLength n
        let! y = Gen.choose (0, classes - 1) |> Gen.arrayOfLength n
        return c, y
    }

[<Fact>]
let ``Accuracy is that of the best way to name the clusters`` () =
    let law (c: int[], y: int[]) =
        let right (names: int list) =
            Seq.zip c y |> Seq.filter (fun (c, y) -> names[c] = y) |> Seq.length

        let best = permutations [ 0..4 ] |> Seq.map right |> Seq.max
        abs (ClusteringAccuracy.Of(c, y) - float best / float c.Length) < 1e-12

    Check.One(Config.QuickThrowOnFailure, Prop.forAll (Arb.fromGen labelled) law)

[<Fact>]
let ``Mutual information is symmetric, in [0, 1], and blind to the groups' names`` () =
    let law (c: int[], y: int[]) =
        let nmi = NormalisedMutualInformation.Of(c, y)
        let renamed = c |> Array.map (fun c -> 7 - c)

        nmi >= 0.0
        && nmi <= 1.0
        && abs (nmi - NormalisedMutualInformation.Of(y, c)) < 1e-12
        && abs (nmi - NormalisedMutualInformation.Of(renamed, y)) < 1e-12

    Check.One(Config.QuickThrowOnFailure, Prop.forAll (Arb.fromGen labelled) law)

[<Fact>]
let ``Values worked out by hand`` () =
    let check c y (accuracy: float) (nmi: float) =
        Assert.Equal(accuracy, ClusteringAccuracy.Of(c, y), 1e-12)
        Assert.Equal(nmi, NormalisedMutualInformation.Of(c, y), 1e-12)

    check [| 1; 1; 0; 0 |] [| 0; 0; 1; 1 |] 1.0 1.0 // the same groups under other names
    check [| 0; 1; 0; 1 |] [| 0; 0; 1; 1 |] 0.5 0.0 // independent
    check [| 0; 0; 0; 0 |] [| 0; 0; 1; 1 |] 0.5 0.0 // one cluster says nothing
    check [| 3; 3 |] [| 5; 5 |] 1.0 1.0
    // Four clusters of two classes: I = log 2, H(c) = log 4, H(y) = log 2, so 2/3; two clusters have no class of their own.
    check [| 0; 1; 2; 3 |] [| 0; 0; 1; 1 |] 0.5 (2.0 / 3.0)
    // Pairs (0,0) three times, (0,1) once, (1,1) twice: I = Σ p log(p / (p p)), with marginals 4/6, 2/6 and 3/6, 3/6.
    let i = 0.5 * log 1.5 + 1.0 / 6.0 * log 0.5 + 1.0 / 3.0 * log 2.0
    let hc = -(2.0 / 3.0 * log (2.0 / 3.0) + 1.0 / 3.0 * log (1.0 / 3.0))
    check [| 0; 0; 0; 0; 1; 1 |] [| 0; 0; 0; 1; 1; 1 |] (5.0 / 6.0) (2.0 * i / (hc + log 2.0))

[<Fact>]
let ``Examples without a label do not count`` () =
    let c, y = [| 0; 1; 1; 0 |], [| 0; 1; -1; -1 |]
    Assert.Equal(1.0, ClusteringAccuracy.Of(c, y))
    Assert.Equal(1.0, NormalisedMutualInformation.Of(c, y))
    Assert.True(Double.IsNaN(ClusteringAccuracy.Of([| 0; 1 |], [| -1; -1 |])))
    Assert.True(Double.IsNaN(NormalisedMutualInformation.Of([||], [||])))

[<Fact>]
let ``Clusters that are left over have no class`` () =
    let counts = array2D [ [ 0L; 5L ]; [ 1L; 4L ]; [ 9L; 9L ] ]
    Assert.Equal<int[]>([| 1; -1; 0 |], ClusteringAccuracy.ClassOfCluster counts)
    Assert.Equal<int[]>([| 1; 0 |], ClusteringAccuracy.ClassOfCluster(array2D [ [ 0L; 5L; 1L ]; [ 3L; 4L; 1L ] ]))

[<Fact>]
let ``What does not fit is refused`` () =
    let refused (act: unit -> unit) =
        Assert.ThrowsAny<ArgumentException>(act).Message

    Assert.Contains("2 rows", refused (fun () -> Matching.Best(Array2D.zeroCreate 2 1) |> ignore))

    Assert.Contains(
        "1 examples have a cluster and 2",
        refused (fun () -> ClusteringAccuracy.Of([| 0 |], [| 0; 1 |]) |> ignore)
    )

    Assert.Contains("0 or more", refused (fun () -> ClusteringAccuracy.Of([| -1 |], [| 0 |]) |> ignore))
